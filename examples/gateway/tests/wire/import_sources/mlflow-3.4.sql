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
INSERT INTO "users" VALUES(1,'admin','scrypt:32768:8:1$ExsntqaglWygWVIC$2cd55915dba12aa5535128d3027623478c74c5d90de2c358b8e079e82e50eef7b7a69b4b6658601f40c2b32f7bf55cc0e6d4d073cb524d006f43107e539ee961',1);
INSERT INTO "users" VALUES(2,'ann','scrypt:32768:8:1$1dQEf4m25zqrh6RO$1b3cde3439b622f08e06387b0802be1647e48de29b062a4b89f219d0466c1733f7e78f8f86f707b389f74c33c029ee759b1b2a66f7ea49b98b6521d4991f5283',0);
INSERT INTO "users" VALUES(3,'bob','scrypt:32768:8:1$VOwwMfsmSknC9p4e$2285cd31f3423fa63e7d00bed53707e1b4c7b33aa1566d246c3ee40647ab4b7e470e7dcba86057502af7a2f82124d01199efc7f89eff9d73e70530142bc7a4b0',0);
INSERT INTO "users" VALUES(4,'Zoë','scrypt:32768:8:1$eOmcVPQ7bYmH51do$cd701318b3f3f6edefe840078b60dd5e030a9fef15b594e16256b089f61670e059cd9967ce3c2337c65023b3cbeaabf1882bb9c77f47eaa8262dada7cec2f196',0);
COMMIT;
