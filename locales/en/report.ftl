# The daily report: the same words on screen, in print and in the PDF.
report-title = Daily report
report-running = today is not over, figures are preliminary
report-print = Print version
report-pdf = Download PDF
report-days = Days
report-day = Day of the report
day-before = ‹ Day before
day-after = Day after ›
report-heading = Daily Report of the Information Patrol
report-footer = Made by Saring for { $a }. Fingerprint of the data { $b }.
report-summary-seen = In { $a } rounds { $b } new items were read.
report-summary-nil = Nothing was found that needs follow-up (nil report).
report-summary-flagged = { $n ->
    [one] One item came to the desk.
   *[other] { $s } items came to the desk.
 }
report-summary-decided = { $a } decisions were made; { $b } cases were open at the end of the day.
report-summary-troubled = { $n ->
    [one] One source failed or was silent at the end of the day, so nothing is known about what it holds.
   *[other] { $s } sources failed or were silent at the end of the day, so nothing is known about what they hold.
 }
report-rounds = Rounds
report-rounds-none = No rounds on this day.
report-col-start = Start
report-col-end = End
report-col-duty = On duty
report-col-read = Something new
report-col-nothing = Nothing new
report-col-failed = Failed
report-col-silent = Silent
report-col-held = Held
report-col-new = New items
report-missed = missed
report-interrupted = interrupted
report-sources = Sources
report-sources-none = Every source reads well.
report-sources-count = Sources configured
report-sources-troubled = Failed or silent at the end of the day
report-col-source = Source
report-col-state = State
report-col-words = In words
report-silent-since = Newest item { $a }
report-items = Items and the machine's guesses
report-items-note = The grouping is the machine's guess; what people decided stands under Decisions.
report-seen = Items seen for the first time
report-duplicates = Of these, copies
report-unscored = Of these, not judged yet
report-queue-hoax = Repeat a claim already checked
report-queue-hate = To review (may attack a group)
report-queue-service = Service complaints and questions
report-queue-clipping = News about the institution
report-queue-none = No action
report-col-language = Language
report-col-items = Items
report-claims = Claims most repeated
report-claims-none = No claim was repeated on this day.
report-col-claim = Claim
report-col-rating = Rating
report-col-day = This day
report-col-all = In all
report-places = Places most named
report-places-none = No place was recognised.
report-col-place = Place
report-col-code = Code
report-decisions = Decisions
report-decisions-none = No decision on this day.
report-col-decision = Decision
report-col-count = Count
report-open = Open at the end of the day
report-open-none = No case is open.
report-overdue = Overdue
report-retention = Data past its retention
report-watches-running = Running at the end of the day
report-watches-opened = Opened
report-watches-refused = Refused
report-watches-ended = Ended
