//! What is said to the browser: the DevTools protocol, messages of JSON ended by a zero byte.

use super::replay::Capture;
use super::{Limits, NoPicture, Picture};
use data_encoding::BASE64;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe::{Receiver, Sender};
use tokio::time::Instant;

/// Longest message that is read: a picture in Base64, with room.
const MOST_BYTES: u64 = 96 << 20;
/// Requests of a page that are answered.
const MOST_REQUESTS: usize = 2000;

/// A browser that is being told what to do.
pub(super) struct Drive<'c> {
    asking: Sender,
    answers: BufReader<Receiver>,
    capture: Capture<'c>,
    /// What was read of the next message.
    partial: Vec<u8>,
    session: Option<String>,
    asked: u64,
    /// The frame of the page, once it is open.
    frame: String,
    opened: bool,
    loaded: bool,
    requests: usize,
    missing: usize,
}

type Told<T> = Result<T, NoPicture>;

impl<'c> Drive<'c> {
    pub(super) fn new(asking: Sender, answers: Receiver, capture: Capture<'c>) -> Self {
        let answers = BufReader::new(answers);
        let (partial, session, frame) = (Vec::new(), None, String::new());
        let (asked, opened, loaded, requests, missing) = (0, false, false, 0, 0);
        Self { asking, answers, capture, partial, session, asked, frame, opened, loaded, requests, missing }
    }

    /// Opens the page from the capture and takes the picture.
    pub(super) async fn picture(mut self, width: u32, limits: &Limits) -> Told<Picture> {
        let version = self.ask("Browser.getVersion", json!({})).await?;
        let tool = text(&version["product"]).replace('/', " ");
        self.open(width).await?;
        // a page that never ends loading is taken as it stands
        let until = Instant::now() + limits.time / 2;
        while !self.loaded {
            let Ok(message) = tokio::time::timeout_at(until, self.next()).await else { break };
            let message = message?;
            self.hear(&message).await?;
        }
        let layout = self.ask("Page.getLayoutMetrics", json!({})).await?;
        let whole = layout["cssContentSize"]["height"].as_f64().unwrap_or_default().ceil();
        let height = whole.clamp(1.0, f64::from(limits.height));
        let clip = json!({ "x": 0, "y": 0, "width": width, "height": height, "scale": 1 });
        let asked = json!({ "format": "png", "captureBeyondViewport": true, "clip": clip });
        let shot = self.ask("Page.captureScreenshot", asked).await?;
        let png = BASE64.decode(text(&shot["data"]).as_bytes());
        let png = png.map_err(|_| NoPicture::Unusable("its picture is not Base64".into()))?;
        let (width, height) =
            size(&png).ok_or_else(|| NoPicture::Unusable("its picture is no PNG".into()))?;
        if png.len() > limits.bytes {
            return Err(NoPicture::TooBig(limits.bytes));
        }
        let cut = whole > f64::from(limits.height);
        Ok(Picture { png, tool, width, height, cut, missing: self.missing })
    }

    async fn open(&mut self, width: u32) -> Told<()> {
        let all = self.ask("Target.getTargets", json!({})).await?;
        let pages = all["targetInfos"].as_array().into_iter().flatten();
        let mut pages = pages
            .filter(|target| target["type"] == "page")
            .map(|target| text(&target["targetId"]).to_owned());
        let page = pages.next_back().ok_or_else(|| NoPicture::Unusable("it opens no page".into()))?;
        let attached =
            self.ask("Target.attachToTarget", json!({ "targetId": page, "flatten": true })).await?;
        self.session = Some(text(&attached["sessionId"]).to_owned());
        let size = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false });
        for (method, with) in [
            ("Inspector.enable", json!({})),
            ("Page.enable", json!({})),
            ("Emulation.setScriptExecutionDisabled", json!({ "value": true })),
            ("Emulation.setDeviceMetricsOverride", size),
            ("Fetch.enable", json!({ "patterns": [{ "urlPattern": "*" }] })),
        ] {
            self.ask(method, with).await?;
        }
        let tree = self.ask("Page.getFrameTree", json!({})).await?;
        text(&tree["frameTree"]["frame"]["id"]).clone_into(&mut self.frame);
        self.loaded = false;
        let url = self.capture.url().to_owned();
        let gone = self.ask("Page.navigate", json!({ "url": url })).await?;
        match gone["errorText"].as_str() {
            Some(why) => Err(NoPicture::Unusable(format!("it does not open the page ({why})"))),
            None => Ok(()),
        }
    }

    /// Asks and waits for the answer; what happens meanwhile is heard.
    async fn ask(&mut self, method: &str, with: Value) -> Told<Value> {
        let id = self.say(method, with).await?;
        loop {
            let mut message = self.next().await?;
            if message["id"] != id {
                self.hear(&message).await?;
                continue;
            }
            return match message["error"]["message"].as_str() {
                Some(why) => Err(NoPicture::Unusable(format!("{method}: {why}"))),
                None => Ok(message["result"].take()),
            };
        }
    }

    async fn say(&mut self, method: &str, with: Value) -> Told<u64> {
        self.asked += 1;
        let mut message = json!({ "id": self.asked, "method": method, "params": with });
        if let Some(session) = &self.session {
            message["sessionId"] = json!(session);
        }
        let mut bytes = message.to_string().into_bytes();
        bytes.push(0);
        let crashed = |error: std::io::Error| NoPicture::Crashed(error.to_string());
        self.asking.write_all(&bytes).await.map_err(crashed)?;
        self.asking.flush().await.map_err(crashed)?;
        Ok(self.asked)
    }

    /// The next message; nothing is lost where the wait for it is given up.
    async fn next(&mut self) -> Told<Value> {
        let left = MOST_BYTES.saturating_sub(self.partial.len() as u64);
        let read = (&mut self.answers).take(left).read_until(0, &mut self.partial).await;
        read.map_err(|error| NoPicture::Crashed(error.to_string()))?;
        let mut bytes = std::mem::take(&mut self.partial);
        match bytes.pop() {
            Some(0) => {}
            Some(_) if bytes.len() as u64 + 1 == MOST_BYTES => return Err(NoPicture::TooBig(bytes.len())),
            _ => return Err(NoPicture::Crashed("it went away".into())),
        }
        serde_json::from_slice(&bytes).map_err(|_| NoPicture::Unusable("it does not speak JSON".into()))
    }

    async fn hear(&mut self, message: &Value) -> Told<()> {
        match message["method"].as_str() {
            Some("Fetch.requestPaused") => self.answer(&message["params"]).await,
            Some("Page.loadEventFired") => {
                self.loaded = self.opened;
                Ok(())
            }
            Some("Inspector.targetCrashed") => Err(NoPicture::Crashed("the page crashed it".into())),
            _ => Ok(()),
        }
    }

    /// Answers a request from the capture. The page itself is opened once: where it wants to lead on, it stays.
    async fn answer(&mut self, request: &Value) -> Told<()> {
        self.requests += 1;
        let leads_on =
            self.opened && request["resourceType"] == "Document" && request["frameId"] == self.frame;
        let url = text(&request["request"]["url"]);
        let held = self.capture.answer(url);
        let held = held.filter(|_| !leads_on && self.requests <= MOST_REQUESTS);
        self.opened = true;
        let id = &request["requestId"];
        match held {
            Some(mut answer) => {
                answer["requestId"] = id.clone();
                self.say("Fetch.fulfillRequest", answer).await?;
            }
            None => {
                // every browser asks for that one, whatever the page says
                self.missing += usize::from(!leads_on && !url.ends_with("/favicon.ico"));
                self.say("Fetch.failRequest", json!({ "requestId": id, "errorReason": "Aborted" })).await?;
            }
        }
        Ok(())
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Width and height from the head of a PNG.
fn size(png: &[u8]) -> Option<(u32, u32)> {
    let head = png.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    let number = |at: usize| Some(u32::from_be_bytes(head.get(at..at + 4)?.try_into().ok()?));
    (head.get(4..8)? == b"IHDR").then_some(())?;
    Some((number(8)?, number(12)?))
}
