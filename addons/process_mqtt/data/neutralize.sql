-- a copy of the database must not take the plant's messages from the plant's own bridge
UPDATE mqtt_broker SET active = false, state = 'stopped';
