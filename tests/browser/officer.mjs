// The officer's path: sign in, read, decide with one key, undo, both languages, phone and desktop, without JavaScript.
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { chromium } from "playwright-core";

const { LINK, CHROMIUM, SHOTS } = process.env;
const base = new URL(LINK).origin;
const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
if (SHOTS) mkdirSync(SHOTS, { recursive: true });
let count = 0;

const trouble = [];
const watched = async (options = {}) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, locale: "id-ID", ...options });
  const page = await context.newPage();
  page.on("pageerror", (error) => trouble.push(`${page.url()}: ${error}`));
  page.on("console", (message) => message.type() === "error" && trouble.push(`${page.url()}: ${message.text()}`));
  return page;
};
const check = async (name, work) => {
  await work();
  count += 1;
  console.log(`ok ${count} ${name}`);
};
const shot = (page, name) => (SHOTS ? page.screenshot({ path: `${SHOTS}/${name}.png`, fullPage: true }) : undefined);
const fits = async (page) => {
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
  assert.ok(wide <= 0, `${page.url()} is ${wide} px too wide`);
};
const signIn = async (page, login, password) => {
  await page.goto(`${base}/masuk`);
  await page.fill("input[name=login]", login);
  await page.fill("input[name=sandi]", password);
  await page.click("form[action='/masuk'] button.main");
  await page.waitForLoadState();
};

const page = await watched();

await check("the printed link signs in once", async () => {
  await page.goto(LINK);
  await page.click("button.main");
  await page.waitForURL(`${base}/`);
  const other = await watched();
  await other.goto(LINK);
  if (await other.locator("form[action^='/masuk/'] button.main").count()) await other.click("form[action^='/masuk/'] button.main");
  await other.waitForLoadState();
  assert.ok(!(await other.locator("nav").count()), "a used link signs nobody in");
  await other.context().close();
});

await check("every page of the frame opens, in both widths, without sideways scrolling", async () => {
  for (const [width, height] of [[1280, 900], [390, 844]]) {
    await page.setViewportSize({ width, height });
    for (const path of ["/", "/antrean", "/putusan", "/klaim", "/klaim/c01", "/klaim-baru", "/pantauan", "/pantauan/baru", "/ronde", "/sumber", "/laporan", "/akun"]) {
      const answer = await page.goto(base + path);
      assert.equal(answer.status(), 200, path);
      assert.ok(await page.locator("h1").first().isVisible(), path);
      await fits(page);
      await shot(page, `${width}${path.replaceAll("/", "-")}`);
    }
  }
  await page.setViewportSize({ width: 1280, height: 900 });
});

let waiting;
await check("a phone has four places and every act within reach of a thumb", async () => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto(`${base}/`);
  assert.equal(await page.locator(".side nav > ul > li:visible").count(), 4);
  await page.click(".more summary");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/thumb-more.png` });
  await page.click(".more a[href='/sumber']");
  await page.waitForURL(`${base}/sumber`);
  await page.goto(`${base}/antrean`);
  await page.locator(".row a").first().click();
  await page.waitForSelector("form.bar");
  if (SHOTS) await page.screenshot({ path: `${SHOTS}/thumb-case.png` });
  for (const act of await page.locator("form.bar button").all()) {
    const box = await act.boundingBox();
    assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y + box.height <= 844, `${await act.innerText()} is out of reach`);
    assert.ok(box.height >= 44, `${await act.innerText()} is too small for a thumb`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
});

await check("the queue is walked and a case is opened with keys", async () => {
  await page.goto(`${base}/antrean?antrean=hoax`);
  waiting = await page.locator("[data-n=waiting]").first().innerText();
  await page.keyboard.press("j");
  await page.keyboard.press("j");
  await page.keyboard.press("k");
  const text = await page.locator("[data-row].here h3").innerText();
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/kasus\//);
  // without the small numbers that lead to the reasons
  const shown = await page.locator(".original").evaluate(original => {
    const copy = original.cloneNode(true);
    copy.querySelectorAll("sup").forEach(number => number.remove());
    return copy.textContent;
  });
  assert.ok(shown.replace(/\s+/g, " ").includes(text.slice(0, 20).replace(/\s+/g, " ")), `${text} is not in ${shown}`);
});

await check("a case says why it is here, with the words underlined and the fact-check beside it", async () => {
  assert.ok((await page.locator(".reasons li").count()) > 0);
  assert.ok((await page.locator(".original .m").count()) > 0, "no words are underlined");
  assert.ok((await page.locator(".match").count()) > 0, "no fact-check stands beside it");
  await shot(page, "1280-kasus");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, "390-kasus");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog[open]").isVisible());
  await page.keyboard.press("Escape");
  await page.locator("dialog[open]").waitFor({ state: "detached" });
});

await check("one key decides, one key takes it back", async () => {
  const decided = page.url();
  await page.locator("h2").first().click();
  await page.keyboard.press("h");
  await page.waitForURL((url) => url.href !== decided);
  assert.ok(await page.locator(".said").first().isVisible());
  await page.goto(`${base}/antrean`);
  assert.notEqual(await page.locator("[data-n=waiting]").first().innerText(), waiting);
  await page.goto(`${base}/putusan`);
  const undo = page.locator("form[action$='/batal'] button").first();
  await undo.click();
  await page.waitForLoadState();
  await page.goto(`${base}/antrean`);
  assert.equal(await page.locator("[data-n=waiting]").first().innerText(), waiting);
});

await check("a case is left alone with its code", async () => {
  await page.goto(`${base}/antrean`);
  await page.locator("[data-row] h3 a").first().click();
  await page.waitForURL(/\/kasus\//);
  await page.selectOption("#alasan", "R13");
  await page.locator("[data-note]").fill("bukti belum cukup");
  await page.locator("h2").first().click();
  const left = page.url();
  await page.keyboard.press("l");
  await page.waitForURL((url) => url.href !== left);
  await page.goto(`${base}/putusan`);
  assert.match(await page.locator(".own li").first().innerText(), /R13|Bukti tidak cukup/);
});

await check("what a watch caught is marked with a key and taken back", async () => {
  await page.goto(`${base}/pantauan`);
  await page.locator("[data-row]:has(.b-protected) h3 a").first().click();
  await page.waitForURL(/\/pantauan\/w/);
  const unmarked = await page.locator(".hit").first().innerText();
  await page.keyboard.press("j");
  await page.keyboard.press("x");
  await page.waitForURL(/baru=tidak/);
  assert.ok(await page.locator(".hit.stray.here").isVisible(), "the keys go on from the item that was marked");
  await shot(page, "1280-pantauan-satu");
  await page.setViewportSize({ width: 390, height: 844 });
  await fits(page);
  await shot(page, "390-pantauan-satu");
  await page.setViewportSize({ width: 1280, height: 900 });
  await page.keyboard.press("z");
  await page.waitForURL(/baru=batal/);
  assert.equal(await page.locator(".hit").first().innerText(), unmarked);
});

await check("a claim leads to the cases that repeat it", async () => {
  await page.goto(`${base}/antrean?antrean=hoax`);
  await page.locator("[data-row] h3 a").first().click();
  await page.waitForURL(/\/kasus\//);
  const kasus = new URL(page.url()).pathname;
  await page.locator(".match a[href^='/klaim/']").first().click();
  await page.waitForURL(/\/klaim\//);
  assert.ok(await page.locator(`.found a[href='${kasus}']`).isVisible());
  await shot(page, "1280-klaim-satu");
});

await check("a claim that is taken in is found in the posts that were judged without it", async () => {
  await page.goto(`${base}/klaim-baru`);
  await page.keyboard.press("j");
  await page.keyboard.press("t");
  await page.waitForURL(/klaim-baru\?/);
  assert.ok(await page.locator(".said").first().isVisible());
  await page.goto(`${base}/klaim/c46`);
  // nobody reloads: the page goes on by itself
  await page.locator(".found [data-row]").first().waitFor({ timeout: 30_000 });
  assert.match(await page.locator(".found [data-row]").first().innerText(), /sesudah kiriman ini dibaca/);
});

await check("an administrator tries a source, adds it and takes it away", async () => {
  const admin = await watched();
  await signIn(admin, "admin", "kunci-gudang-belakang");
  await admin.goto(`${base}/sumber`);
  const known = await admin.locator(".source:not(.o-failed) p a").first().getAttribute("href");
  await admin.click("a[href='/sumber/baru']");
  await admin.fill("#alamat", "https://lereng.example/@rukmini");
  await admin.click("form[action='/sumber/coba'] button");
  assert.match(await admin.locator("[role=alert]").innerText(), /satu akun/);
  await admin.fill("#alamat", `${known}?lagi=1`);
  await admin.click("form[action='/sumber/coba'] button");
  await fits(admin);
  await shot(admin, "1280-sumber-coba");
  await admin.fill("#nama-1", "Sumber uji");
  await admin.click("form[action='/sumber'] button");
  await admin.waitForURL(/baru=tambah/);
  const added = admin.locator(".source", { hasText: "Sumber uji" });
  assert.match(await added.innerText(), /Ditambahkan Pengelola/);
  await shot(admin, "1280-sumber-baru");
  await added.locator("button[value=hapus]").click();
  await admin.waitForURL(/baru=hapus/);
  assert.equal(await added.count(), 0);
  await admin.context().close();
});

await check("no author is shown anywhere", async () => {
  for (const path of ["/", "/antrean", "/putusan"]) {
    await page.goto(base + path);
    assert.doesNotMatch(await page.locator("main").innerText(), /@[a-z0-9_]{3,}/i);
  }
});

await check("the screens speak English when asked", async () => {
  await page.goto(`${base}/antrean`);
  const before = await page.locator("h1").innerText();
  await page.click("form.lang button");
  await page.waitForLoadState();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.notEqual(await page.locator("h1").innerText(), before);
  await shot(page, "1280-en-antrean");
  await page.click("form.lang button");
  await page.waitForLoadState();
  assert.equal(await page.locator("html").getAttribute("lang"), "id");
});

await check("everything works without JavaScript", async () => {
  const plain = await watched({ javaScriptEnabled: false, viewport: { width: 390, height: 844 } });
  await signIn(plain, "budi", "kopi-tubruk-dua-gelas");
  await plain.goto(`${base}/antrean`);
  await plain.locator("[data-row] h3 a").first().click();
  await plain.waitForURL(/\/kasus\//);
  await plain.click(".bar button[value=needs_check]");
  await plain.waitForLoadState();
  assert.ok(await plain.locator(".said").first().isVisible());
  await plain.click(".said button");
  await plain.waitForLoadState();
  await plain.context().close();
});

await check("an auditor reads and decides nothing", async () => {
  const auditor = await watched();
  await signIn(auditor, "damar", "kaca-pembesar-tua");
  await auditor.goto(`${base}/antrean`);
  await auditor.locator("[data-row] h3 a").first().click();
  await auditor.waitForURL(/\/kasus\//);
  assert.equal(await auditor.locator(".bar").count(), 0);
  await auditor.context().close();
});

await check("a wrong password says no more than that", async () => {
  const stranger = await watched();
  await signIn(stranger, "budi", "salah-sekali-ini");
  const one = await stranger.locator("[role=alert]").innerText();
  await signIn(stranger, "tidak-ada", "salah-sekali-ini");
  assert.equal(await stranger.locator("[role=alert]").innerText(), one);
  await stranger.context().close();
});

await check("dark is legible", async () => {
  const dark = await watched({ colorScheme: "dark", storageState: await page.context().storageState() });
  for (const path of ["/", "/antrean"]) {
    await dark.goto(base + path);
    await shot(dark, `dark${path.replaceAll("/", "-")}`);
  }
  const lightness = await dark.evaluate(() => {
    const colours = getComputedStyle(document.body).backgroundColor.match(/\d+(\.\d+)?/g).map(Number);
    return colours.slice(0, 3).reduce((sum, value) => sum + value, 0);
  });
  assert.ok(lightness < 200, `the paper is not dark: ${lightness}`);
  await dark.context().close();
});

await check("the browser had nothing to complain about", () => {
  const real = trouble.filter((line) => !/status of (40[0-9])/.test(line));
  assert.deepEqual(real, []);
});

await browser.close();
console.log(`${count} browser checks passed`);
