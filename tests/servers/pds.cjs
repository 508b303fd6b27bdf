// A real server of repositories (the AT Protocol's own PDS) with a directory of identities, on private ports. It seeds posts
// of invented people, then makes more whenever `/more` is asked on the control port. Prints one line of JSON when ready.
const { PDS, envToCfg, envToSecrets, readEnv } = require('@atproto/pds');
const { PlcServer, Database } = require('@did-plc/server');
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const net = require('node:net');
const path = require('node:path');

const free = () => new Promise((done) => {
  const probe = net.createServer().listen(0, '127.0.0.1', () => { const { port } = probe.address(); probe.close(() => done(port)); });
});

async function main() {
  const work = process.argv[2];
  const plc = PlcServer.create({ db: Database.mock(), port: await free() });
  const listening = await plc.start();
  const port = await free();
  const secret = () => crypto.randomBytes(32).toString('hex');
  Object.assign(process.env, {
    LOG_ENABLED: 'false', NODE_ENV: 'development',
    PDS_DEV_MODE: 'true', PDS_PORT: String(port), PDS_HOSTNAME: 'localhost', PDS_SERVICE_HANDLE_DOMAINS: '.test',
    PDS_JWT_SECRET: secret(), PDS_ADMIN_PASSWORD: secret(), PDS_PLC_ROTATION_KEY_K256_PRIVATE_KEY_HEX: secret(),
    PDS_DATA_DIRECTORY: path.join(work, 'pds'), PDS_BLOBSTORE_DISK_LOCATION: path.join(work, 'blobs'),
    PDS_DID_PLC_URL: `http://127.0.0.1:${listening.address().port}`, PDS_INVITE_REQUIRED: 'false',
  });
  fs.mkdirSync(path.join(work, 'pds'), { recursive: true });
  const env = readEnv();
  const pds = await PDS.create(envToCfg(env), envToSecrets(env));
  await pds.start();
  const at = `http://127.0.0.1:${port}`;

  const call = async (method, body, token) => {
    const answer = await fetch(`${at}/xrpc/${method}`, {
      method: 'POST', body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    });
    if (!answer.ok) throw new Error(`${method}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  const person = (name) => call('com.atproto.server.createAccount',
    { handle: `${name}.test`, email: `${name}@contoh.example`, password: secret() });
  const post = (who, text, more = {}) => call('com.atproto.repo.createRecord', {
    repo: who.did, collection: 'app.bsky.feed.post',
    record: { $type: 'app.bsky.feed.post', text, langs: ['id'], createdAt: new Date().toISOString(), ...more },
  }, who.accessJwt);

  const rukmini = await person('rukmini');
  const sastro = await person('sastro');
  const first = await post(rukmini, 'Katanya tanggul jebol di Karangjati? Barusan lewat, aman kok.');
  await post(sastro, 'panen cabai tahun ini lumayan');
  await post(sastro, 'the dam broke, tanggul jebol they say', { langs: ['en'] });
  await post(sastro, 'Tetap tenang, tunggu kabar resmi soal TANGGUL   JEBOL ya',
    { reply: { root: { uri: first.uri, cid: first.cid }, parent: { uri: first.uri, cid: first.cid } } });
  const gone = await post(sastro, 'salah ketik tanggul jebool');
  await call('com.atproto.repo.deleteRecord',
    { repo: sastro.did, collection: 'app.bsky.feed.post', rkey: gone.uri.split('/').pop() }, sastro.accessJwt);
  await call('com.atproto.repo.createRecord', {
    repo: sastro.did, collection: 'app.bsky.feed.like',
    record: { $type: 'app.bsky.feed.like', subject: { uri: first.uri, cid: first.cid }, createdAt: new Date().toISOString() },
  }, sastro.accessJwt);
  await call('com.atproto.repo.putRecord', {
    repo: rukmini.did, collection: 'app.bsky.actor.profile', rkey: 'self',
    record: { $type: 'app.bsky.actor.profile', displayName: 'Rukmini', description: 'warga, tanggul jebol' },
  }, rukmini.accessJwt);

  let made = 0;
  const control = http.createServer(async (asked, answer) => {
    if (asked.url !== '/more') return answer.writeHead(404).end();
    try {
      for (let n = 0; n < 30; n++) await post(n % 2 ? rukmini : sastro, `kabar ${++made}: tanggul jebol itu tidak benar`);
      answer.end(String(made));
    } catch (error) { answer.writeHead(500).end(String(error)); }
  });
  control.listen(0, '127.0.0.1', () => {
    console.log(JSON.stringify({ pds: at, more: `http://127.0.0.1:${control.address().port}/more` }));
  });
}

main().catch((error) => { console.error(error); process.exit(1); });
