#!/usr/bin/env bash
# A real WordPress (Debian's) on a MariaDB of its own, both on private ports, with 150 posts of an invented district. Prints one
# line of JSON when ready; asking `/more.php` publishes 12 posts more and edits one. `wordpress.sh FOLDER`
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
folder=$1
mkdir -p "$folder/db"
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
as_mysql=()
[ "$(id -u)" != 0 ] || { chown -R mysql "$folder/db"; chmod 755 "$folder"; as_mysql=(--user=mysql); }

mariadb-install-db --no-defaults "${as_mysql[@]}" --datadir="$folder/db" --auth-root-authentication-method=normal --skip-test-db >&2
database=$(port)
mariadbd --no-defaults "${as_mysql[@]}" --datadir="$folder/db" --bind-address=127.0.0.1 --port="$database" \
    --socket="$folder/db/socket" --pid-file="$folder/db/pid" --innodb-buffer-pool-size=32M >&2 &
trap 'kill $(jobs -p) 2>/dev/null' EXIT TERM INT
for _ in $(seq 150); do mariadb-admin --no-defaults --socket="$folder/db/socket" -u root ping >/dev/null 2>&1 && break; sleep 0.2; done
mariadb --no-defaults --socket="$folder/db/socket" -u root \
    -e "CREATE DATABASE wordpress; CREATE USER wp@127.0.0.1 IDENTIFIED BY 'wp'; GRANT ALL ON wordpress.* TO wp@127.0.0.1;"

site=$(port)
cp -rL /usr/share/wordpress "$folder/site"
cp "$here/wordpress.php" "$folder/site/more.php"
cat >"$folder/site/wp-config.php" <<PHP
<?php
define('DB_NAME', 'wordpress'); define('DB_USER', 'wp'); define('DB_PASSWORD', 'wp'); define('DB_HOST', '127.0.0.1:$database');
define('DB_CHARSET', 'utf8mb4'); define('WP_HTTP_BLOCK_EXTERNAL', true); define('DISABLE_WP_CRON', true);
define('WP_HOME', 'http://127.0.0.1:$site'); define('WP_SITEURL', WP_HOME);
\$table_prefix = 'wp_';
defined('ABSPATH') || define('ABSPATH', __DIR__ . '/');
require_once ABSPATH . 'wp-settings.php';
PHP
(cd "$folder/site" && php more.php install >&2)
php -S "127.0.0.1:$site" -t "$folder/site" >&2 &
for _ in $(seq 100); do curl -fs "http://127.0.0.1:$site/wp-json/wp/v2/posts?per_page=1" >/dev/null && break; sleep 0.2; done
echo "{\"site\": \"http://127.0.0.1:$site\", \"posts\": 150, \"more\": \"http://127.0.0.1:$site/more.php\"}"
wait
