-- a copy of the database signs nothing and mails nothing
UPDATE res_company SET certificate_signing_id = NULL, certificate_by_mail = FALSE;
