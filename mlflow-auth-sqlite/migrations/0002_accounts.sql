-- What else is known of an account.
ALTER TABLE accounts ADD COLUMN display_name TEXT;
ALTER TABLE accounts ADD COLUMN is_service INTEGER NOT NULL DEFAULT 0 CHECK (is_service IN (0, 1));
ALTER TABLE accounts ADD COLUMN is_active INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1));

-- Finds out whether another admin is left.
CREATE INDEX accounts_by_admin ON accounts (is_admin) WHERE is_active = 1;

CREATE INDEX grants_by_pattern ON grants (resource_type) WHERE form = 'pattern';
