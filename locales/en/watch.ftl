# Words of watches.
place-watches = Watches
refused-watch = This watch cannot be settled so: a colleague was faster, its time is over, or you opened it yourself.
refused-watch-nothing = Nothing was marked. Choose Yes or No for at least one post.
refused-watch-checked = A colleague looked at these posts already, or they are deleted. Reload the page.

# Watches
back-to-watches = Back to watches
watches-title = Watches
watches-lead = { $a } running, { $b } waiting for a second person. What is watched is content, not people.
watches-empty = No watches yet.
watches-empty-more = Open a watch for a claim on the Claims page, or for a topic with the button above.
watches-keys = J and K move, Enter opens.
watch-open = Open a watch
watch-open-more = A watch looks for terms in texts, however they are spelt. It runs once a second person agrees and stops by itself, after 30 days at most.
watch-claim = Watch this claim
watch-purpose-of = Following the spread of the claim: { $a }
watch-of-claim = Bound to a claim
watch-claim-gone = the claim is no longer listed
watch-field-terms = Terms
watch-field-terms-more = One per line: a word, or words that follow each other. Affixes, old spelling, words joined or split are found too.
watch-field-purpose = Purpose
watch-field-purpose-more = Which claim or topic, and what for.
watch-field-reason = Reason for a name
watch-field-reason-more = Only where a term names a person, a party, a medium or an organisation.
watch-field-until = Last day
watch-field-until-more = At most 30 days from now.
watch-propose = Propose to a second person
watch-flaws = { $n ->
    [one] One thing needs mending. Nothing was saved.
   *[other] { $s } things need mending. Nothing was saved.
 }
watch-flaw-ended = That day is over or was not chosen.
watch-flaw-too-long = Too long: at most 30 days from now.
watch-flaw-unsaid = Write what it is for.
watch-flaw-alone = { $a } cannot approve their own watch.
watch-flaw-terms = There are { $a } terms; 1 to 50 are right.
watch-flaw-account = “{ $a }” stands for an account. What is watched is content, not people.
watch-flaw-number = “{ $a }” is a number that belongs to somebody. What is watched is content, not people.
watch-flaw-short = “{ $a }” is too short and would catch everything.
watch-flaw-reason = “{ $a }” names a person, a party, a medium or an organisation: give the reason.
watch-state-proposed = Waits for approval
watch-state-running = Running
watch-state-refused = Refused
watch-state-ended = Ended
watch-left = { $n ->
    [0] last day
    [one] { $s } day left
   *[other] { $s } days left
 }
watch-owner = opened by { $a }
watch-opened = Opened by { $a }, { $b }
watch-approved = Approved by { $a }, { $b }
watch-refused = Refused by { $a }, { $b }
watch-ended = Ended by { $a }, { $b }
watch-expired = Ended by itself, { $a }
watch-until = until { $a }
watch-until-over = ended { $a }
watch-people = asked for by { $a }, approved by { $b }
watch-terms = Terms
watch-reason-is = Reason: { $a }
watch-approve = Approve
watch-refuse = Refuse
watch-end = End now
watch-withdraw = Take back
watch-needs-second = Waits for somebody else: who opened a watch cannot approve it.
watch-caught = { $n ->
    [one] 1 post caught
   *[other] { $s } posts caught
 }
watch-caught-none = Nothing caught yet, or the texts are deleted by retention.
watch-precision = About { $a } % of it is right (95 % sure: { $b } %).
watch-precision-all = { $a } % of it is right: all that was caught has been looked at.
watch-precision-basis = { $a } looked at, { $b } of them not relevant.
watch-precision-unknown = How much of it is right is not known yet: mark what is relevant and what is not.
watch-stray = Not relevant
watch-apt = Relevant
watch-is-stray = Marked as not relevant
watch-is-apt = Marked as relevant
watch-keys = J and K up and down, X not relevant, R relevant, Z undo.
watch-missed = { $s } found missed
watch-bars = Posts caught by day, last 14 days
watch-recall-title = What it missed
watch-recall = Catches about { $a } % of what is looked for (95 % sure: { $b } %), if all that was caught is about it.
watch-recall-all = No similar post was missed so far.
watch-recall-unchecked = Not known yet: look at some of the posts below first.
watch-recall-nothing = No posts to tell from yet.
watch-recall-basis = { $a } of { $b } posts that may have been missed were looked at;
watch-sample = These posts are similar but have none of the terms. Are they about what is looked for?
watch-sample-one = A post of the sample
watch-relevant = Yes, missed
watch-irrelevant = No
watch-sample-save = Save
watch-suggested = Terms that could be added
watch-suggested-more = Words that missed posts share. To use them, open a new watch.
watch-sources = Terms that sources follow
watch-sources-more = Written by the administrator in saring.toml; read only here.
watch-said-buka = Proposed. The watch runs once a second person agrees.
watch-said-setuju = Approved. The watch is running.
watch-said-tolak = Refused.
watch-said-akhiri = Ended.
watch-said-cek = Saved.
watch-said-ya = Marked as relevant.
watch-said-tidak = Marked as not relevant.
watch-said-batal = The mark is taken back.
