# Words on screen. Indonesian comes first; this file holds the same keys.

# frame
skip = Skip to content
places = Places
place-today = Today
place-queue = Desk
place-decided = Decisions
place-claims = Claims
place-rounds = Rounds
place-sources = Sources
place-report = Report
place-more = More
sign-out = Sign out
other-language = Bahasa Indonesia
switch-language = Change the language of the screens
role-operator = Operator
role-head = Head of public information
role-auditor = Auditor
role-admin = Administrator
creed = Filter before you share. We watch content, not people.
close = Close
save = Save
show = Show
search = Search
search-text = Search words in the text
pages = Pages
page-before = ‹ Previous
page-after = Next ›
page-of = Page { $a } of { $b }
go-home = Back to Today

# sign-in
sign-in-title = Sign in
sign-in-go = Sign in
sign-in-wrong = Login, password or code do not match. Check them and try again.
sign-in-wait = Too many attempts. Wait 15 minutes, or ask the administrator to reset the password.
sign-in-expired = Your session has ended. Sign in again; what you wrote is not lost.
sign-in-link-used = This link was used or has expired. Sign in with your password, or ask the administrator for a new link.
sign-in-link-more = A one-time link. Press the button below to sign in; the link does not work afterwards.
login = Login
password = Password
totp-code = Authenticator code
totp-code-more = Six digits; leave empty if you have not set it up.
kept-note = Your note that was not sent yet:

# today
today-title = Today
greeting-morning = Good morning, { $a }
greeting-noon = Good afternoon, { $a }
greeting-afternoon = Good afternoon, { $a }
greeting-night = Good evening, { $a }
sentence-nothing = No case is waiting.
sentence-waiting = { $n ->
    [one] One case is waiting for a decision.
   *[other] { $s } cases are waiting for a decision.
 }
sentence-in-time = None is overdue.
sentence-overdue = { $n ->
    [one] One of them is overdue.
   *[other] { $s } of them are overdue.
 }
sentence-done = Since midnight { $a } items came in and { $b } cases were decided.
sentence-sources-well = Every source reads well.
sentence-sources = { $a } sources are silent and { $b } could not be read.
today-waiting = Waiting
today-day = Since midnight
today-first = Do these first
today-all = See the whole desk
number-seen = items came in
number-decided = cases decided
number-overdue = overdue
number-unjudged = not analysed yet
number-healthy = healthy
number-silent = silent
number-failed = could not be read

# desk
queue-title = Desk
queue-lead = { $n ->
    [one] One case is waiting
   *[other] { $s } cases are waiting, the most urgent first
 }
queue-overdue = { $s } overdue
queue-empty = The desk is clear.
queue-empty-more = Nothing needs a decision. New items will appear here.
queue-empty-search = Nothing matches. Try another word, or clear the search.
queue-keys = J and K move, Enter opens, L leaves alone, Z undoes.
queues = Queues
queue-all = All
queue-hoax = Known hoax
queue-hate = To review
queue-service = Service
queue-clipping = Clipping
queue-none = No action
badge-hoax = Known hoax
badge-related = Close to a claim
badge-gone = To be looked at again
badge-hate = To review
badge-service = Service
badge-clipping = Clipping
badge-none = No action
take = Take 25
take-more = Take the 25 cases on top, so that colleagues do not work on the same ones
taken-by = held by { $a }
awaits-second = Awaits a second reviewer
claim-is = repeats the claim:
claim-near = close to the claim:
copies = { $n ->
    [one] one copy
   *[other] { $s } copies
 }
no-place = place unclear
score-title = The machine's guess: probability that it is the same claim
protected-lane = Protected: { $a }
all-keys = All keys

# keys
keys-title = All keys
key-move = down, up
key-open = open the case
key-leave = leave alone, with the reason chosen
key-reason = choose the reason for leaving alone
key-note = write a note
key-back = back to the list
undo = Undo

# decisions
act-known_hoax = Known hoax
act-needs_check = Needs a check
act-hate_review = Review
act-service = Service
act-clipping = Clipping
act-leave_alone = Leave alone
code-known_hoax = Known hoax
code-needs_check = Needs a fact-check
code-hate_review = Review as possible hate speech
code-service = Passed on to service
code-clipping = Filed as a clipping
code-R01 = Criticism
code-R02 = Satire
code-R03 = Journalism
code-R04 = Counter-speech
code-R05 = A term the group uses itself
code-R06 = Not a protected group
code-R07 = No incitement
code-R08 = Opinion
code-R09 = Not public
code-R10 = Concerns a minor
code-R11 = Purpose of the watch has expired
code-R12 = Conflict of interest
code-R13 = Not enough evidence
code-R14 = Targets an author
code-no_action = Closed without action
said-decided = Decision saved: { $a }.
said-batal = Decision undone; the case is back on the desk.
said-ambil = You hold the cases on top now.

# case
back-to-queue = Back to the desk
text-title = The text as it was
marks-title = What the marks in the text mean
machine-note = Marks are the machine's guess, not a verdict. Account names, phone numbers and identity numbers are masked.
why-title = Why it is here
why-none = No particular reason; it came in with an ordinary scan.
own-institution = About the own institution
protected-note = This may be protected speech ({ $a }). Taking it to review needs a written reason and a second reviewer.
own-note = About the own institution: it may only become a clarification or a service case.
matches-title = Claims already checked
match-same = the same claim (machine's guess { $a })
match-related = a similar matter (machine's guess { $a })
agrees = Same
differs = Different
also-checked = The same story was also checked in:
scam-group = { $a }: { $b }
scam-others = { $n ->
    [0] no other yet
    [one] the same as one other
   *[other] the same as { $s } others
 }
scam-job = Recurring scam, vacancy
scam-prize = Recurring scam, prize
scam-aid = Recurring scam, aid
scam-loan = Recurring scam, loan
scam-sale = Recurring scam, auction or bargain
verdict-word = the checker's verdict: { $a }
open-check = Open the fact-check
copies-title = { $n ->
    [0] No copies
    [one] One item
   *[other] { $s } copies
 }
copies-more = { $s } more copies
bars-title = Copies per day
history-title = History
history-machine = The machine
history-opened = Case opened in the queue { $b }
history-moved = Moved to the queue { $b }
history-copy = { $n ->
    [one] one copy attached
   *[other] { $s } copies attached
 }
history-claim_gone = { $a } took its claim off the list
history-taken = { $a } took the case
history-proposed = { $a } proposed: { $b }
history-decided = { $a } decided: { $b }
history-undone = { $a } took the decision back
history-closed = Closed without action at the end of its retention
evidence-title = Evidence
evidence-posted = Published
evidence-seen = Read
evidence-source = Source
evidence-accounts = Distinct accounts
evidence-hash = SHA-256
evidence-extent = Extent
evidence-incomplete = Incomplete: a further page of this article could not be read
evidence-detectors = Detectors
open-original = Open the original at { $a }
decide-title = Decision
note = Note
note-override = Note (required for review)
leave-reason = Reason for leaving alone
which-claim = Claim it repeats
second-other = A colleague proposed: { $a }. If you agree, press the same decision and write your reason.
second-own = You proposed: { $a }. It awaits a second reviewer.
state-open = Waiting
state-taken = Held
state-awaits_second = Awaits a second reviewer
state-escalated = Passed up
state-decided = Decided
state-closed = Closed without action

# reasons
reason-repeats = repeats a claim rated { $a }
reason-related = close to a claim already checked
reason-attack = may attack a group: { $a }
reason-spreading = spreading: { $a } copies in { $b }
reason-place = names { $a }
reason-outside = outside this office's area: { $a }
reason-later = its claim came to the list after this post was read
reason-nothing = judged again: nothing is found any more
reason-own = about the own institution
reason-help = something to answer: { $a }
reason-protected = protected: { $a }
reason-harm = may do harm: { $a }
topic-health = health
topic-disaster = disaster
topic-fraud = fraud
topic-communal = communal peace
topic-election = election
topic-image = image or video
topic-religion = religion
topic-ethnicity = ethnicity and origin
topic-violence = violence
because-claim = repeats the claim “{ $a }”
because-place = place: { $a }
because-place-why = place: { $a } ({ $b })
clue-head-word = what it is stands before its name
clue-parent = { $a } is named too
clue-parent-named = the area above it is named too
clue-neighbour-named = another place of its regency or province is named too
clue-source-area = its source writes about that area
clue-office-area = within the area of the office
clue-only-one = only one place bears the name
because-attack = may attack a group ({ $a }): { $b }
because-hate = may be abusive or hateful
because-own = names the own institution
act-derogation = derogation
act-dehumanisation = dehumanisation
act-threat = threat
act-exclusion = call to expel or exclude
act-denial = denial of suffering
act-conspiracy = accusation of conspiracy
act-unclear = the act is unclear
target-unclear = group unclear
trait-ethnicity = ethnicity
trait-race = race
trait-religion = religion
trait-nationality = nationality
trait-gender = gender
trait-disability = disability
trait-age = age
trait-orientation = sexual orientation
trait-belief = belief
group-women = women
group-men = men
group-trans = transgender people
group-lgbt = LGBT people
group-disability = disabled people
group-deaf = deaf or mute people
group-blind = blind people
group-mental = people with a mental illness or disability
group-illness = people with leprosy
group-elderly = the elderly
group-ntt = East Nusa Tenggara (NTT)
group-ntb = West Nusa Tenggara (NTB)
group-timur = eastern Indonesia
group-tionghoa = Chinese Indonesian
group-pribumi = natives (pribumi)
group-pendatang = newcomers from elsewhere
group-hitam = Black people
group-putih = white people
group-asing = foreigners
group-pengungsi = refugees
group-kristen = Christianity
group-katolik = Catholicism
group-buddha = Buddhism
group-hindu = Hinduism
group-konghucu = Confucianism
group-yahudi = Judaism
group-syiah = Shia Islam
group-ahmadiyah = Ahmadiyya
group-bahai = Baha'i
group-kafir = people called infidels
group-ateis = atheists
group-penghayat = followers of native beliefs
lane-criticism = criticism
lane-satire = satire
lane-press = journalism
lane-counter_speech = counter-speech
lane-reclaimed = a term the group uses itself
lane-debate = religious or academic debate
lane-testimony = victim's testimony
lane-complaint = service complaint
lane-protest_call = call for peaceful protest
lane-election = election opinion
lane-question = question
remark-both = both: { $a }
remark-same-number = same number: { $a }
remark-same-date = same date: { $a }
remark-same-place = same place: { $a }
remark-number = number: { $a } in the text, { $b } in the claim
remark-date = date: { $a } in the text, { $b } in the claim
remark-place = place: { $a } in the text, { $b } in the claim
remark-opposite = says the opposite: “{ $a }” in the text, “{ $b }” in the claim
remark-negation = negation: “{ $a }” in the text, “{ $b }” in the claim
remark-only-claim = only in the claim: { $a }
remark-only-text = only in the text: { $a }
remark-denies = the text itself denies it: { $a }
rating-true = True
rating-mostly_true = Mostly true
rating-lacks_context = Lacks context
rating-misleading = Misleading
rating-false = False
rating-unproven = Unproven
rating-satire = Satire
rating-opinion = Opinion
rating-unrated = Unrated
language-id = Indonesian
language-ms = Malay
language-jv = Javanese
language-su = Sundanese
language-en = English
language-mixed = mixed
language-und = language unclear

# decisions
decided-title = Decisions
decided-lead = { $n ->
    [one] One case is settled
   *[other] { $s } cases are settled, the last first
 }
decided-own = Your decisions that can still be undone
decided-empty = No decision here yet.

# claims
claims-title = Claims already checked
claims-lead = { $n ->
    [one] One claim
   *[other] { $s } claims
 }
claims-search = Search claims
claims-empty = No claims.
claims-empty-more = Load a list of claims with: saring claims import FILE
back-to-claims = Back to the list of claims
claim-no-text = The conclusion of the check is not stored; open the checker's page.
claim-cases-title = What repeats this claim
claim-cases = { $n ->
    [0] No case of this office repeats it yet.
    [one] { $s } case of this office repeats it.
   *[other] { $s } cases of this office repeat it.
}
look-goes-on = Posts read before this claim came are being looked at: { $a } of { $b }.
look-done = { $n ->
    [0] No earlier posts were kept that could be looked at.
    [one] { $s } post read before this claim came was looked at, at most 14 days back.
   *[other] { $s } posts read before this claim came were looked at, at most 14 days back.
}
claims-waiting = { $n ->
    [one] One new claim is waiting
   *[other] { $s } new claims are waiting
 }
offers-title = New claims from fact-checkers
offers-lead = { $s } waiting. While a claim waits, nothing is matched with it.
offers-empty = No claim is waiting.
offers-empty-more = New claims come from sources of the kind “Fact-checker” in saring.toml.
offers-keys = J and K move, Enter opens the check, T accepts, X refuses, P picks, Z undoes.
offers-accept-picked = Accept the picked ones
offers-refuse-picked = Refuse the picked ones
offers-listed-one = On the list now: { $a }. Posts read before are matched with it; its page shows what is found.
offers-listed = { $s } claims are on the list now. Posts read before are matched with them.
offers-refused-one = Refused: { $a }
offers-refused = { $s } claims refused.
offers-undone = Undone; the claims wait again.
offer-new = New claim
offer-change = The check changed
offer-pick = Pick
offer-accept = Accept
offer-refuse = Refuse
offer-from = read from { $a }
offer-no-address = no address
offer-nothing = (nothing)
offer-before = Before:
offer-after = After:
offer-field-title = Claim
offer-field-verdict = Checker's verdict
offer-field-text = Conclusion
offer-field-publisher = Checker
offer-field-date = Date
offer-field-url = Address

# sources
rounds-title = Patrol rounds
rounds-none = No rounds on this day.
rounds-all-ran = { $s } rounds, all of them ran.
rounds-some-missed = { $a } rounds ran, { $b } were missed.
rounds-next = Next at { $a }.
rounds-next-shift = Next at { $a } ({ $b } shift).
rounds-duty = On duty
rounds-duty-nobody = Nobody is on duty by the log.
rounds-duty-since = { $a }, since { $b }
rounds-duty-take = I am on duty
rounds-note-label = Note for the next shift
rounds-hand-over = Hand over
rounds-notes = Hand-over notes
round-title = Round of { $a }, { $b }
round-back = Back to the rounds
round-from-to = { $a } – { $b }
round-late = { $a } late
round-duty = On duty: { $a }.
round-findings = Findings: { $a }
round-kind-planned = By the timetable
round-kind-extra = Extra round
round-kind-by_hand = Run by hand
round-kind-due = As sources fell due
round-kind-missed = By the timetable
round-kind-of-shift = { $a }, { $b } shift
round-state-ended = Done.
round-state-running = Running.
round-state-interrupted = Interrupted.
round-state-missed = Missed: not run in its time.
round-due = Due
round-read = Read
round-failed = Failed
round-silent = Silent
round-new = New
round-repeated = Repeated
round-bad = Unreadable
round-source = Source
round-state = State
round-done = Done
round-nothing-due = No source was due in this round.
refused-duty = You are not on duty by the log, so there is nothing to hand over. It may have been handed over on another screen.
sources-title = Health of the sources
sources-none = No sources yet. The head or an administrator adds them on this page.
sources-none-keeper = No source is read yet. Add the first one.
sources-all-well = { $n ->
    [one] The one source reads well.
   *[other] All { $s } sources read well.
 }
sources-some = { $a } of { $b } sources need a look.
kind-feed = Feed
kind-wordpress = WordPress
kind-file = File
kind-sitemap = Sitemap
kind-mastodon = Mastodon
kind-telegram = Telegram channel
kind-reddit = Reddit
kind-bluesky = Bluesky
kind-claim_review = Fact-checker
kind-mailbox = Mailbox
outcome-read = Something new
outcome-nothing_new = Nothing new
outcome-failed = Could not be read
outcome-silent = Silent
outcome-held = Held back
outcome-never = Never read
outcome-read-more = { $n ->
    [one] one new item at the last read.
   *[other] { $s } new items at the last read.
 }
outcome-nothing_new-more = Read well, no new items.
outcome-failed-more = { $a } Began to fail { $b }; since then nothing is known about what it holds.
outcome-silent-more = Read well, but its newest item is from { $a }; usually there is one every { $b }.
outcome-never-more = Waits for its first round.
outcome-paused = Paused
outcome-paused-more = { $a } paused it { $b }; it is not read until somebody resumes it.
source-every-of = every { $a }
source-zone-office = time of the office ({ $a })
source-added = Added by { $a } { $b }
source-configured = Stands in saring.toml
source-failing = Failing since
source-pause = Pause
source-resume = Resume
source-remove = Remove
source-said-tambah = The source was added and is read with the next round.
source-said-jeda = The source is paused.
source-said-lanjut = The source is read again from the next round on.
source-said-hapus = The source was removed. What was read stays until its time is over.
source-add = Add a source
source-add-more = A page or feed that is open to the public. Pages of one account and pages behind a login are not read.
back-to-sources = To the sources
source-field-address = Address
source-field-address-more = A news site, RSS feed, Telegram channel, forum, Mastodon server, site of a fact-checker.
source-field-zone = Time of its dates
source-field-zone-more = Where the dates of the site do not say WIB, WITA or WIT.
source-try = Try
source-try-more = Read once now; nothing is stored. It may take up to a minute.
source-found-none = Nothing can be read at this address.
source-found-none-more = Its page points to no feed, sitemap or interface. Try the address of its feed.
source-found = { $n ->
    [one] One way to read it
   *[other] { $s } ways to read it, the surest first
}
source-gives = { $n ->
    [one] Gives one item.
   *[other] Gives { $s } items.
}
source-gives-more = { $n ->
    [one] Gives one item, and more behind it.
   *[other] Gives { $s } items, and more behind them.
}
source-no-date = no date
source-field-name = Name on screen
source-field-every = Read every
source-field-pages = Read the page behind each item too (full text)
source-add-this = Add this source
refused-source = This source is read already, or has changed meanwhile. Load the list of sources again.
refused-source-kind = Such a source can only stand in saring.toml: files, mailboxes and streams that follow a word.
refused-source-address = This is no address of the web. Write one that begins with https:// or http://.
refused-source-password = This address holds a name or a password. What is behind a login is not read.
refused-source-field = Check the name, interval and zone of the source.
refused-source-closed = Nothing can be tried from here: patrol.contact in saring.toml is empty. Write the mail address of the office there, so that owners of sites know who asks.
refused-source-busy = Somebody else is trying a source. Try again in a moment.
refused-source-slow = This address was not read within a minute. Try later, or try the address of its feed.
source-last = Read
source-newest = Newest item
source-next = Next
source-due = now
source-day = 24 hours
source-all = All
source-troubles = { $n ->
    [one] the last failure
   *[other] the last { $s } failures
 }
trouble-address = The address { $a } cannot be used ({ $b }). Correct the address of this source.
trouble-refused = { $a } leads to { $b }, not an address of the public internet, so it is not read. Remove this source; if it is a server of your own, add it to the allowed addresses in the configuration.
trouble-name = The name { $a } was not found ({ $b }). It is tried again later; correct the address if it stays so.
trouble-connection = No good connection to { $a } ({ $b }). It is tried again later.
trouble-certificate = The certificate of { $a } cannot be trusted ({ $b }). Tell those who run it; if it is a server of your own, add its authority to the trusted ones in the configuration.
trouble-slow = { $a } was too slow ({ $b }). It is tried again later.
trouble-too-big = { $a } sends more than { $b } bytes, far more than its kind needs. Nothing was kept; check that the address is right.
trouble-unreadable = { $a } sends something that cannot be read ({ $b }). Check the address, or tell those who run it.
trouble-not-a-feed = { $a } is a web page, not a feed. Look for the address of its feed and correct the configuration.
trouble-redirects = { $a } redirects more than { $b } times. Put the address it leads to into the configuration.
trouble-closed = { $a } answers { $b }: not for the public, or it turns programs away. Ask the medium, or remove this source.
trouble-gone = { $a } answers { $b }: nothing is there. Correct the address.
trouble-busy = { $a } answers { $b }: asked too often. It is left alone for a while.
trouble-down = { $a } answers { $b }: its server has trouble. It is tried again later.
trouble-status = { $a } answers { $b }. Check the address.
trouble-robots = The robots.txt asks not to read { $a }, so it is left alone. Ask the medium for permission.
trouble-paused = { $a } asked for a pause of { $b } s more. It is read after that.
trouble-broken = What { $a } sends is broken ({ $b }). It is tried again later; tell those who run it if it stays so.
trouble-file = { $a } cannot be read ({ $b }).
trouble-entry = Entry { $a } cannot be read ({ $b }); the others are. Those who run the source should repair it.
trouble-entry-empty = Entry { $a } has neither headline nor text; the others are read.
trouble-entry-too-big = Entry { $a } has { $b } bytes, far more than one entry needs; the others are read.
trouble-entry-closed = Entry { $a } is behind a password: not public, so not read.
trouble-too-many = This source has more than { $a } entries; what follows was not read.
trouble-pages = The pages behind { $a } entries could not be read; the words of the feed were kept. The first: { $b }
trouble-pages-lost = { $a } pages of this source could not be read; those that are only disturbed are tried again in the next round. The first: { $b }
trouble-incomplete = A further page of { $a } articles could not be read. What is only disturbed is tried once more in the next round, the rest is kept and marked as incomplete. The first: { $b }
trouble-late = { $a } was still being read when the others were done. Reading goes on; the next round says what came of it.
trouble-later = { $a } new pages wait for the next round: one round reads at most { $b } of a source.
trouble-login = { $a } wants a login or a key ({ $b }). Only what is public is read, so this source stays off; remove it or ask those who run it to open it.
trouble-password = { $a } does not accept the user name or the password ({ $b }). Check the user name in the address and the file that password_file names; some providers want a password made for programs.
trouble-folder = { $a } has no folder { $b }. Write its name into the address as the mail server spells it, such as INBOX.
trouble-letter-later = Message { $a } did not come whole ({ $b }). It is asked for again in the next round.
trouble-letter-lost = Message { $a } could not be fetched and is passed over ({ $b }). Look at it in the mailbox.
trouble-person = { $a } is the page of one account. What is watched is content and not people: use a public timeline, a topic or the medium's own site.
trouble-watch-missing = { $a } follows a term, so it is not read without a watch. Write [source.watch] with purpose, owner, second person and last day into the configuration ({ $b }).
trouble-watch-ended = The watch of { $a } ended on { $b } and is no longer followed. Remove it, or say anew what it is for.
trouble-watch-refused = The watch of { $a } may not be followed ({ $b }). Correct it in the configuration.
trouble-offers-full = { $a } offered claims were left out: { $b } of this source wait already. Decide on those under Claims, then the others come; or remove the source if its claims make no sense.
trouble-more = And { $a } more entries with the same trouble.

# account
account-title = My account
account-login = login { $a }
account-language = Language of the screens
account-password = Password
account-totp = Authenticator code
locale-id = Bahasa Indonesia
locale-en = English
password-now = Present password
password-new = New password
password-again = New password again
password-rule = At least 10 characters; a short sentence beats a complicated word.
password-change = Change password
totp-more = Add this key to your authenticator, then enter its first code. From then on the code is asked at every sign-in.
totp-open = Open in the authenticator
totp-first = First code
totp-on = Switch the code on
totp-off = Switch the code off
totp-is-on = The authenticator code is on.
account-said-language = Language changed.
account-said-password = Password changed. Sessions on other devices have ended.
account-said-totp-on = The authenticator code is on.
account-said-totp-off = The authenticator code is off.
account-said-old = The present password does not match; nothing was changed.
account-said-short = The new password is too short: at least 10 characters.
account-said-long = The new password is too long.
account-said-differ = The two new passwords differ.
account-said-code = The code does not match. There is a new key; add it and enter its code.
account-said-wait = Too many attempts. Wait 15 minutes.

# what cannot be done
error-no-page = There is no such page
error-no-page-more = The address may be mistyped, or the page has moved.
error-not-found = Not found
error-not-found-more = There is no such case, claim or day at your office.
error-method = That is not understood
error-method-more = This page does not take such a request.
error-forbidden = Not yours to open
error-forbidden-more = Your role does not open this part. If you need it, ask the head of public information or the administrator.
error-stale = This page was open for too long
error-stale-more = For safety the form was not taken. What you wrote is still here; send it once more from this page, or reload the page before it.
error-refused = The decision is not saved yet
error-invalid = The form cannot be read
error-form = Some fields are missing or malformed. Go back, reload the page and try again.
error-large = Too much was sent
error-large-more = A note holds at most 4,000 characters.
error-inside = Something went wrong inside
error-inside-more = Nothing was changed. Try again in a moment; if it fails again, ask the administrator to look at the log.
refused-own-institution = This is about the own institution: it may only become a clarification or a service case.
refused-reason = This may be protected speech. Write the reason for reviewing it, at least 10 characters; then a second reviewer must agree.
refused-same-person = The second reviewer must be another person.
refused-other-office = This case belongs to another office.
refused-decided = This case is already decided. Reload its page to see by whom and how.
refused-conflict = A colleague worked on this case at the same time. Look at it again before you decide.
refused-code = Choose one decision; for a known hoax choose the claim as well.
refused-long = The note is too long: at most 4,000 characters.
refused-offer = A colleague has settled this claim, or its checker changed it. Open the list again.
refused-no-offer = No claim is picked. Tick the claims you mean first.
refused-offer-undo = This can no longer be undone: it is older than 24 hours, or the claim has changed since.
refused-undo = This decision can no longer be undone: it is older than 24 hours, or the case has moved on.
resend-title = Send it once more
resend-more = You are signed in. Your decision is not saved yet; check it and send it.
send-again = Send

# time
time-now = just now
time-never = never
time-ago = { $a } ago
time-due = due in { $a }
time-overdue = { $a } overdue
time-minutes = { $n ->
    [one] 1 minute
   *[other] { $s } minutes
 }
time-hours = { $n ->
    [one] 1 hour
   *[other] { $s } hours
 }
time-days = { $n ->
    [one] 1 day
   *[other] { $s } days
 }
weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday
month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December
