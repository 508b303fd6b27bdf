<?php
// Sets a WordPress up from the command line (`php more.php install`), or, asked over the web, publishes more posts, one of them planned and one
// with an old date, and edits one.
if (PHP_SAPI === 'cli') {
    define('WP_INSTALLING', true);
    $_SERVER['HTTP_HOST'] = '127.0.0.1';
}
require __DIR__ . '/wp-load.php';

function publish($number, $age) {
    $place = ['Karangjati', 'Lerengwungu', 'Watugiri'][$number % 3];
    $text = "<p>$place &#8211; Kabar nomor $number: petugas memeriksa tanggul &amp; jembatan.</p>\n"
        . "[caption id=\"attachment_1\" align=\"alignnone\" width=\"300\"]<img src=\"/foto.jpg\" /> Foto tanggul[/caption]\n"
        . '<p>Warga diminta menunggu pengumuman resmi &#8220;satu pintu&#8221;.</p>';
    $at = time() - $age;
    return wp_insert_post(['post_title' => "Kabar Kabupaten nomor $number", 'post_content' => $text, 'post_status' => 'publish',
        'post_author' => 1, 'post_date' => gmdate('Y-m-d H:i:s', $at + 7 * 3600), 'post_date_gmt' => gmdate('Y-m-d H:i:s', $at)]);
}

if (PHP_SAPI === 'cli') {
    require_once ABSPATH . 'wp-admin/includes/upgrade.php';
    wp_install('Kabar Kabupaten', 'redaksi', 'redaksi@contoh.example', true, '', bin2hex(random_bytes(12)));
    update_option('permalink_structure', '/%postname%/');
    update_option('timezone_string', 'Asia/Jakarta');
    wp_delete_post(1, true);
    // planned: changed last before what is published below, whenever it comes out
    $planned = wp_insert_post(['post_title' => 'Kabar yang dijadwalkan', 'post_content' => 'Pasar murah di balai desa.', 'post_status' => 'draft']);
    $at = time() + 60;
    wp_update_post(['ID' => $planned, 'post_status' => 'future', 'edit_date' => true, 'post_date' => gmdate('Y-m-d H:i:s', $at + 7 * 3600),
        'post_date_gmt' => gmdate('Y-m-d H:i:s', $at)]);
    update_option('saring_planned', $planned);
    for ($number = 1; $number <= 150; $number++) publish($number, (151 - $number) * 600);
    wp_insert_post(['post_title' => 'Rahasia', 'post_content' => 'di balik sandi', 'post_status' => 'publish', 'post_password' => 'x']);
    wp_insert_post(['post_title' => 'Konsep', 'post_content' => 'belum terbit', 'post_status' => 'draft']);
} else {
    for ($number = 151; $number <= 162; $number++) publish($number, 0);
    publish(163, 30 * 24 * 3600); // brought over: all its dates are old
    wp_publish_post(get_option('saring_planned'));
    wp_update_post(['ID' => get_posts(['numberposts' => 1, 'offset' => 30])[0]->ID, 'post_title' => 'Kabar yang diralat']);
    echo 'ya';
}
