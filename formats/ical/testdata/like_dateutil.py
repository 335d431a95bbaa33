# Writes the times that python-dateutil finds for 400 generated rules of
# every kind of a day or longer, always the same ones: DTSTART, the rule and its first times, a line
# each. DTSTART is a time of the rule. Left out is what dateutil reads in another
# way than RFC 5545 section 3.3.10: BYWEEKNO without BYDAY, of which the RFC takes
# the weekday of DTSTART, and BYWEEKNO with the first and last weeks of a year.
import random
from datetime import datetime, timedelta
from itertools import islice
from dateutil.rrule import rrulestr

r = random.Random(20260101)
days = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"]


def some(values, most):
    return ",".join(map(str, sorted(set(r.choices(list(values), k=r.randint(1, most))))))


def weekdays(nth):
    return ",".join(dict.fromkeys((str(r.choice(nth)) if nth else "") + d for d in r.choices(days, k=r.randint(1, 3))))


def signed(n):
    return list(range(-n, 0)) + list(range(1, n + 1))


def rule():
    freq = r.choice(["YEARLY"] * 3 + ["MONTHLY"] * 3 + ["WEEKLY", "DAILY"] * 2)
    parts = {"FREQ": freq}
    if r.random() < 0.4:
        parts["INTERVAL"] = str(r.randint(1, 5))
    if r.random() < 0.3:
        parts["WKST"] = r.choice(days)
    if r.random() < 0.35:
        parts["BYMONTH"] = some(range(1, 13), 4)
    kind = r.randint(0, 6)
    if kind in (1, 2):
        parts["BYMONTHDAY"] = some(signed(28), 6)
    if kind == 3 and freq == "YEARLY":
        parts["BYYEARDAY"] = some(signed(365), 5)
    if kind == 4 and freq == "YEARLY":
        parts["BYWEEKNO"] = some(list(range(2, 51)) + list(range(-50, -2)), 3)
        parts["BYDAY"] = weekdays(None)
    if kind in (2, 3, 4):
        parts.pop("BYMONTH", None)  # dateutil looks for times that hardly ever come until the year 9999
    if kind in (2, 5):
        parts["BYDAY"] = weekdays(None)
    if kind == 6 and freq in ("YEARLY", "MONTHLY"):
        parts["BYDAY"] = weekdays([1, 2, 3, 4, 5, -1, -2, -5] + ([10, 33, 52, -20] if freq == "YEARLY" and "BYMONTH" not in parts else []))
    if r.random() < 0.25:
        parts["BYHOUR"] = some(range(24), 4)
    if r.random() < 0.2:
        parts["BYMINUTE"] = some(range(60), 4)
    if r.random() < 0.1:
        parts["BYSECOND"] = some(range(60), 4)
    if freq in ("HOURLY", "MINUTELY", "SECONDLY"):
        parts.pop("INTERVAL", None)  # with which dateutil looks for times that never come
    elif len(parts) > 2 and r.random() < 0.25:
        parts["BYSETPOS"] = some([1, 2, -1, -2], 2)
    return parts


n = 0
while n < 400:
    parts = rule()
    start = datetime(r.randint(1990, 2035), r.randint(1, 12), r.randint(1, 28), r.randint(0, 23), r.randint(0, 59), r.choice([0, 0, 30]))
    text = ";".join(k + "=" + v for k, v in parts.items())
    # dateutil looks at each period up to the end that it is given.
    short = {"HOURLY": 90, "MINUTELY": 2, "SECONDLY": 1}.get(parts["FREQ"], 9000)
    horizon = (start + timedelta(days=short)).strftime(";UNTIL=%Y%m%dT%H%M%S")
    try:
        start = next(iter(rrulestr(text + horizon, dtstart=start)), None)
    except ValueError:  # it has no times
        continue
    if not start:
        continue
    times = list(islice(rrulestr(text + horizon, dtstart=start), 15))
    if short == 9000 and r.random() < 0.3:
        count = r.randint(1, 20)
        if len(times) < min(count, 15):
            continue
        text += ";COUNT=%d" % count
        times = times[:count]
    else:
        text += horizon
    if not times or times[0] != start:
        continue  # of another interval
    f = "%Y%m%dT%H%M%S"
    print(start.strftime(f), text, " ".join(t.strftime(f) for t in times), sep="\t", flush=True)
    n += 1
