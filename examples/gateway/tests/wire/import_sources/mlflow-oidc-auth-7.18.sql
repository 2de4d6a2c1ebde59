BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('9c0d1e2f3456');
CREATE TABLE auth_sessions (
	id INTEGER NOT NULL, 
	session_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	provider_id VARCHAR(255), 
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	last_seen_at DATETIME, 
	expires_at DATETIME NOT NULL, 
	revoked_at DATETIME, 
	encrypted_tokens TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_auth_sessions_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE auth_state (
	id INTEGER NOT NULL, 
	state VARCHAR(255) NOT NULL, 
	nonce VARCHAR(255), 
	code_verifier VARCHAR(255), 
	provider_id VARCHAR(255), 
	relay_state TEXT, 
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
CREATE TABLE experiment_group_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_group_id_experiment_group_permissions FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_experiment_group UNIQUE (experiment_id, group_id)
);
CREATE TABLE experiment_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_group_id_experiment_group_regex_permissions FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_experiment_group_regex UNIQUE (regex, group_id)
);
CREATE TABLE experiment_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id_experiment_permissions FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_experiment_user UNIQUE (experiment_id, user_id)
);
INSERT INTO "experiment_permissions" VALUES(1,'7',3,'READ');
CREATE TABLE experiment_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id_experiment_regex_permissions FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_experiment_user_regex UNIQUE (regex, user_id)
);
CREATE TABLE gateway_endpoint_group_permissions (
	id INTEGER NOT NULL, 
	endpoint_id VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_endpoint_group_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_endpoint_group UNIQUE (endpoint_id, group_id)
);
CREATE TABLE gateway_endpoint_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_endpoint_group_regex_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_endpoint_group_regex UNIQUE (regex, group_id)
);
CREATE TABLE gateway_endpoint_permissions (
	id INTEGER NOT NULL, 
	endpoint_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_endpoint_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_endpoint_user UNIQUE (endpoint_id, user_id)
);
CREATE TABLE gateway_endpoint_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_endpoint_regex_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_endpoint_user_regex UNIQUE (regex, user_id)
);
CREATE TABLE gateway_model_definition_group_permissions (
	id INTEGER NOT NULL, 
	model_definition_id VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_model_def_group_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_model_def_group UNIQUE (model_definition_id, group_id)
);
CREATE TABLE gateway_model_definition_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_model_def_group_regex_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_model_def_group_regex UNIQUE (regex, group_id)
);
CREATE TABLE gateway_model_definition_permissions (
	id INTEGER NOT NULL, 
	model_definition_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_model_def_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_model_def_user UNIQUE (model_definition_id, user_id)
);
CREATE TABLE gateway_model_definition_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_model_def_regex_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_model_def_user_regex UNIQUE (regex, user_id)
);
CREATE TABLE gateway_secret_group_permissions (
	id INTEGER NOT NULL, 
	secret_id VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_secret_group_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_secret_group UNIQUE (secret_id, group_id)
);
CREATE TABLE gateway_secret_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_secret_group_regex_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_secret_group_regex UNIQUE (regex, group_id)
);
CREATE TABLE gateway_secret_permissions (
	id INTEGER NOT NULL, 
	secret_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_secret_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_secret_user UNIQUE (secret_id, user_id)
);
CREATE TABLE gateway_secret_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_gateway_secret_regex_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_secret_user_regex UNIQUE (regex, user_id)
);
CREATE TABLE groups (
	id INTEGER NOT NULL, 
	group_name VARCHAR(255) NOT NULL, external_id VARCHAR(255), created_at DATETIME, updated_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (group_name)
);
INSERT INTO "groups" VALUES(1,'data/science',NULL,'2026-11-22 13:29:29','2026-11-22 13:29:29');
INSERT INTO "groups" VALUES(2,'ops',NULL,'2026-11-22 13:29:29','2026-11-22 13:29:29');
CREATE TABLE registered_model_group_permissions (
	id INTEGER NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), prompt BOOLEAN, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_group_id_registered_model_group_permissions FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_name_group UNIQUE (name, group_id)
);
INSERT INTO "registered_model_group_permissions" VALUES(1,'prod',1,'MANAGE',0);
INSERT INTO "registered_model_group_permissions" VALUES(2,'other',2,'READ',0);
CREATE TABLE registered_model_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	prompt BOOLEAN, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_group_id_registered_model_group_regex_permissions FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_name_group_regex UNIQUE (regex, group_id, prompt)
);
INSERT INTO "registered_model_group_regex_permissions" VALUES(1,'^team-b',1,2,'EDIT',0);
CREATE TABLE registered_model_permissions (
	id INTEGER NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id_registered_model_permissions FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_name_user UNIQUE (name, user_id)
);
INSERT INTO "registered_model_permissions" VALUES(1,'other',1,'EDIT');
INSERT INTO "registered_model_permissions" VALUES(2,'prod',2,'NO_PERMISSIONS');
CREATE TABLE registered_model_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	prompt BOOLEAN, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id_registered_model_regex_permissions FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_name_user_regex UNIQUE (regex, user_id, prompt)
);
INSERT INTO "registered_model_regex_permissions" VALUES(1,'^team-a',5,1,'MANAGE',0);
INSERT INTO "registered_model_regex_permissions" VALUES(2,'^team-',9,1,'READ',0);
INSERT INTO "registered_model_regex_permissions" VALUES(3,'^prod',1,3,'EDIT',0);
CREATE TABLE scorer_group_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	scorer_name VARCHAR(256) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_scorer_group_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_scorer_group UNIQUE (experiment_id, scorer_name, group_id)
);
CREATE TABLE scorer_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_scorer_group_regex_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_scorer_group_regex UNIQUE (regex, group_id)
);
CREATE TABLE scorer_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	scorer_name VARCHAR(256) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_scorer_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_scorer_user UNIQUE (experiment_id, scorer_name, user_id)
);
CREATE TABLE scorer_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_scorer_regex_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_scorer_user_regex UNIQUE (regex, user_id)
);
CREATE TABLE user_groups (
	id INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, managed_by VARCHAR(255) DEFAULT 'manual' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id_user_groups FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT fk_group_id_user_groups FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT unique_user_group UNIQUE (user_id, group_id)
);
INSERT INTO "user_groups" VALUES(1,1,1,'manual');
INSERT INTO "user_groups" VALUES(2,2,1,'manual');
INSERT INTO "user_groups" VALUES(3,2,2,'manual');
CREATE TABLE user_identities (
	id INTEGER NOT NULL, 
	provider_id VARCHAR(255) NOT NULL, 
	subject VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	created_at DATETIME DEFAULT CURRENT_TIMESTAMP NOT NULL, 
	last_login_at DATETIME, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_identities_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_user_identities_provider_subject UNIQUE (provider_id, subject)
);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	username VARCHAR(255), 
	display_name VARCHAR(255), 
	password_hash VARCHAR(255), 
	is_admin BOOLEAN, is_service_account BOOLEAN, password_expiration DATETIME, active BOOLEAN DEFAULT 1 NOT NULL, managed_by VARCHAR(255) DEFAULT 'manual' NOT NULL, external_id VARCHAR(255), created_at DATETIME, updated_at DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (username)
);
INSERT INTO "users" VALUES(1,'ann','Ann','pbkdf2:sha256:1000$llY9UeX3ziWjEXCq$92567f001dbb301c14f08b5c2952be2872fa4aaa9429cfd0e9700859fa1babfa',0,0,NULL,1,'manual',NULL,'2026-11-22 13:29:29','2026-11-22 13:29:29');
INSERT INTO "users" VALUES(2,'bob','Bob','pbkdf2:sha256:1000$ULwQ6kIknUKNNpYW$8b955aff77f06972b48e72e813a2d108375be6299d602d50c712f42a85d80297',0,0,NULL,1,'manual',NULL,'2026-11-22 13:29:30','2026-11-22 13:29:30');
INSERT INTO "users" VALUES(3,'zoe','Zoe','pbkdf2:sha256:1000$Wcg0fz6igNla2ZKF$2c671388e683120d81074acc9c7e4f0ad67c8ac1fa0d9cf783ea2150ae7a8526',0,0,NULL,1,'manual',NULL,'2026-11-22 13:29:30','2026-11-22 13:29:30');
INSERT INTO "users" VALUES(4,'admin','Admin','pbkdf2:sha256:1000$xJ4kaUel0ugk2Jkf$7cf3d411a691cc3e5da2c5cf595b766fcaab0e0f64dc3a68b6aa9bb498c2313c',1,0,NULL,1,'manual',NULL,'2026-11-22 13:29:30','2026-11-22 13:29:30');
CREATE TABLE workspace_group_permissions (
	workspace VARCHAR(255) NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_workspace_group_permissions PRIMARY KEY (workspace, group_id), 
	CONSTRAINT fk_workspace_group_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id)
);
CREATE TABLE workspace_group_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	group_id INTEGER NOT NULL, 
	permission VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_workspace_group_regex_perm_group_id FOREIGN KEY(group_id) REFERENCES groups (id), 
	CONSTRAINT uq_workspace_regex_group UNIQUE (regex, group_id)
);
CREATE TABLE workspace_permissions (
	workspace VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255) NOT NULL, 
	CONSTRAINT pk_workspace_permissions PRIMARY KEY (workspace, user_id), 
	CONSTRAINT fk_workspace_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id)
);
CREATE TABLE workspace_regex_permissions (
	id INTEGER NOT NULL, 
	regex VARCHAR(255) NOT NULL, 
	priority INTEGER NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255) NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT fk_workspace_regex_perm_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT uq_workspace_regex_user UNIQUE (regex, user_id)
);
CREATE INDEX ix_user_identities_user_id ON user_identities (user_id);
CREATE UNIQUE INDEX ix_auth_sessions_session_id ON auth_sessions (session_id);
CREATE INDEX ix_auth_sessions_user_id ON auth_sessions (user_id);
CREATE INDEX ix_auth_sessions_expires_at ON auth_sessions (expires_at);
CREATE UNIQUE INDEX ix_auth_state_state ON auth_state (state);
CREATE INDEX ix_auth_state_expires_at ON auth_state (expires_at);
CREATE UNIQUE INDEX ix_users_external_id ON users (external_id);
CREATE UNIQUE INDEX ix_groups_external_id ON groups (external_id);
COMMIT;
