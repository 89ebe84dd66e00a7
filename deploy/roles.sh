#!/bin/sh
# Run by the Postgres image, once, on an empty volume.
set -eu
psql --username postgres --dbname qingpai --set ON_ERROR_STOP=1 \
  --set owner="$DB_OWNER_PASSWORD" --set app="$DB_APP_PASSWORD" <<'SQL'
CREATE ROLE qingpai_owner LOGIN PASSWORD :'owner';
CREATE ROLE qingpai_app LOGIN PASSWORD :'app';
ALTER DATABASE qingpai OWNER TO qingpai_owner;
SQL
