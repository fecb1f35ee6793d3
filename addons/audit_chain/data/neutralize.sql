-- a copy of the database asks no witness
UPDATE res_company SET timestamp_url = NULL;
