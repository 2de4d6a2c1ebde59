BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('8606fa83a998');
CREATE TABLE experiment_permissions (
	id INTEGER NOT NULL, 
	experiment_id VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_experiment_user UNIQUE (experiment_id, user_id)
);
INSERT INTO "experiment_permissions" VALUES(1,'1',2,'READ');
INSERT INTO "experiment_permissions" VALUES(2,'2',2,'EDIT');
INSERT INTO "experiment_permissions" VALUES(3,'3',2,'MANAGE');
INSERT INTO "experiment_permissions" VALUES(4,'1',3,'NO_PERMISSIONS');
INSERT INTO "experiment_permissions" VALUES(5,'2',3,'READ');
INSERT INTO "experiment_permissions" VALUES(6,'3',4,'EDIT');
CREATE TABLE registered_model_permissions (
	id INTEGER NOT NULL, 
	name VARCHAR(255) NOT NULL, 
	user_id INTEGER NOT NULL, 
	permission VARCHAR(255), 
	PRIMARY KEY (id), 
	CONSTRAINT fk_user_id FOREIGN KEY(user_id) REFERENCES users (id), 
	CONSTRAINT unique_name_user UNIQUE (name, user_id)
);
INSERT INTO "registered_model_permissions" VALUES(1,'churn',2,'MANAGE');
INSERT INTO "registered_model_permissions" VALUES(2,'a b/c',2,'READ');
INSERT INTO "registered_model_permissions" VALUES(3,'churn',3,'READ');
INSERT INTO "registered_model_permissions" VALUES(4,'a b/c',4,'EDIT');
CREATE TABLE users (
	id INTEGER NOT NULL, 
	username VARCHAR(255), 
	password_hash VARCHAR(255), 
	is_admin BOOLEAN, 
	PRIMARY KEY (id), 
	UNIQUE (username)
);
INSERT INTO "users" VALUES(1,'admin','pbkdf2:sha256:600000$UDtPminM3Jl4aqw2$4d49d8dbeea36d181859d0b4fa008b029d73d35c9cb986563239a6239e82a0fb',1);
INSERT INTO "users" VALUES(2,'ann','pbkdf2:sha256:600000$M5IgfoDXInDt9gMc$25e9f7dff8e52db0bd6ef8b540973e651367b1e15a2642fecdeb2ca9dad2a574',0);
INSERT INTO "users" VALUES(3,'bob','pbkdf2:sha256:600000$C5LYbqNSF9KGMdkC$812638c48fda5bfdcc9a8ce33f682d7c31d69c680502e49c2e10ef6ae0839800',0);
INSERT INTO "users" VALUES(4,'Zoë','pbkdf2:sha256:600000$0yteGb2oOGH4he51$63bf1ff48ee57a0ee0d09fdf847acf7813e0c10864600564c96563aebdd2f753',0);
COMMIT;
