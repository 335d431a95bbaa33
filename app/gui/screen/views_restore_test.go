package screen

import (
	"strings"

	"sidekeep/app/flow"
	"sidekeep/app/words"
	"sidekeep/app/work"
	"sidekeep/export"
	"sidekeep/export/restore"
)

// restoreViews are the pages of a restore, with more text than anybody wants
// where all is long.
func restoreViews(name, line string) map[string]flow.View {
	side := flow.Side{Title: "Archive is whole", Line: "Checked today", Tone: flow.Good}
	plan := flow.PlanView{
		Key: 1, Step: flow.Planned, Title: "Put 412 people on " + name, Line: "From Amara’s iCloud, as it is in your copy. Nothing has been written yet.",
		Numbers: []flow.PlanNumber{
			{Number: "120", Word: words.ToCreate, Line: words.MissingThere, Tone: flow.Good}, {Number: "288", Word: words.IdenticalWord, Line: words.NothingToDo},
			{Number: "4", Word: words.DifferWord, Line: words.YouChoose}},
		Differ: flow.DifferView{Title: "4 people differ", Line: words.MergeKeeps, ForAll: words.ForAll, Choices: words.Choices(), All: -1, Rows: []flow.DifferRow{
			{Icon: "people", Name: "Arjun Raghavan", Field: "phone", Mine: "+91 22 5550 0119", Theirs: "+91 22 5550 0110", Choice: 2},
			{Icon: "people", Name: "Haruka Ogawa" + line, Field: "home address, and 2 more" + line, Mine: "4 Elm Row" + line, Theirs: "none" + line, Choice: 1},
			{Icon: "people", Name: "Kaia Tamm", When: "3 May 2026" + line, Choice: 1}, {Icon: "photo", Name: "IMG_2210.HEIC", Field: "size", Mine: "4 MB", Theirs: "3 MB", Choice: 3}}},
		Creates:    flow.NameList{Heading: "2 events are not there yet" + line, Names: []flow.ItemName{{Icon: "cal", Name: "Choir" + line, When: "3 May 2026, 18:30" + line}, {Icon: "cal", Name: "Choir"}}},
		Refused:    []flow.Detail{{Title: "3 people: " + name, Line: "Too large." + line}, {Title: "1 event: x", Line: line}},
		CannotKeep: []string{"7 people: the birthday: the year is written as 1604, with Apple’s mark." + line, "Maya: a label of one's own: it is written as a plain one."},
		Skipped:    []string{"notes.txt: it is no file of contacts, calendars or photos" + line},
		AllLines:   "See all 412 lines", Sum: "120 new, 2 merged, 1 replaced, 289 left as they are", Write: flow.Action{Verb: "Write 123 people", Rank: flow.Primary},
	}
	v := map[string]flow.View{"plan": {Page: flow.Plan, Side: side, Plan: plan}}
	few := plan
	few.Key, few.Numbers = 2, append(few.Numbers[:3:3], flow.PlanNumber{Number: "9,812", Word: words.NotTaken, Line: words.SeeReasons, Tone: flow.Waits})
	few.Differ.Rows, few.Skipped = nil, nil
	v["plan, refused"] = flow.View{Page: flow.Plan, Side: side, Plan: few}
	going := flow.PlanView{
		Key: 3, Step: flow.Writing, Title: "Putting 123 items on " + name, Line: words.StopKeeps, Rate: "14 items a second, About 6 minutes left",
		Bar: flow.Bar{Icon: "restore", Name: words.PuttingThere, Right: "61 of 123", Part: .5, Step: export.Running}, Stop: flow.Action{Verb: words.Stop},
	}
	v["writing"] = flow.View{Page: flow.Plan, Side: side, Plan: going}
	going.Step, going.Problem = flow.Planning, &words.Words{Title: "The service cannot be reached." + line, Meaning: "Nothing was written.", Try: "Try again."}
	v["no plan"] = flow.View{Page: flow.Plan, Side: side, Plan: going}
	done := flow.PlanView{Key: 4, Step: flow.Written, Title: "All 412 people are on " + name, Line: "120 created, 2 merged, 1 replaced, 289 left as they were. It took 48 seconds.", Done: flow.DoneView{
		Tone: flow.Good, Proof: "412 of 412 read back", ProofLine: words.ReadBack,
		Rows:      []flow.DoneRow{{Name: words.SumCreated, Count: "120", Good: true}, {Name: words.SumMerged, Count: "2", Good: true}, {Name: words.SumReplaced, Count: "1", Good: true}, {Name: words.SumSame, Count: "289", Good: true}},
		UndoTitle: words.ChangedMind, UndoLines: []string{words.UndoMeans(120, 3), words.LeftAlone}, Undo: flow.Action{Verb: words.UndoRestore},
		Known: plan.CannotKeep,
	}}
	v["done"] = flow.View{Page: flow.Plan, Side: side, Plan: done}
	done.Key, done.Title, done.Problem = 5, words.RestoreStopped(61, 123, name), &words.Words{Title: "The service has no room left.", Meaning: "What was written before is there.", Try: "Free some space at the service, then go on."}
	done.Done.Tone, done.Done.Proof, done.Done.Known = flow.Waits, "", nil
	done.Done.Title, done.Done.Refused = words.NotPut(2), []flow.Detail{{Title: "Maya in Friends" + line, Line: "It is larger than the service takes."}, {Title: "Noor in Friends", Line: line}}
	done.Done.Again = flow.Action{Verb: words.GoOn}
	v["stopped restore"] = flow.View{Page: flow.Plan, Side: side, Plan: done}
	lines := flow.LinesView{Key: 6, Title: words.AllLinesBack, Line: plan.Sum + ".", Filters: []string{"All", "To create 120", "Differ 4", "Identical 288", "Not taken 0"}}
	for i := range 40 {
		l := flow.PlanLine{Icon: "people", Name: "Arjun Raghavan" + strings.Repeat(line, i%2), Noun: "person", State: restore.Missing, What: words.WillBeCreated, Where: "Friends" + line}
		if i%3 == 0 {
			l.Icon, l.Name, l.What = "cal", "日本", words.WhyNot(export.ErrOversize)
		}
		lines.Lines = append(lines.Lines, l)
	}
	v["lines"] = flow.View{Page: flow.Lines, Side: side, Lines: lines}
	v["room"] = flow.View{Page: flow.Restore, Side: side, Restore: roomView(name, line)}
	empty := flow.RoomView{NothingAtAll: words.NowhereToPut, NothingAtAllVerb: words.ConnectOne, Told: words.NothingAtMoment, Chosen: "Nothing chosen", Plan: flow.Action{Verb: words.SeeThePlan, Off: true}, NoneYet: words.NoRestores, Moments: []string{words.AsItIsNow}, Problem: &words.Words{Title: "Title." + line, Meaning: "Meaning.", Try: "Try."}}
	v["empty room"] = flow.View{Page: flow.Restore, Side: side, Restore: empty}
	v["asked"] = flow.View{Page: flow.Home, Side: side, Home: askedView(name, line)}
	return v
}

func roomView(name, line string) flow.RoomView {
	return flow.RoomView{
		From: []string{name, "Old phone"}, To: []string{name, "Old phone"}, FromOne: name, ToOne: name, Moments: []string{words.AsItIsNow, "As it was yesterday 21:00"}, Moment: 1,
		Groups: []flow.Group{
			{Title: "People", Rows: []flow.Row{{ID: "1", Icon: "people", Name: "Friends" + line, Count: "412", On: true}}},
			{Title: "Calendars", Rows: []flow.Row{{ID: "2", Icon: "cal", Name: "Home", Count: "1,204", On: true}, {ID: "3", Icon: "cal", Name: "Public holidays", Count: "38"}}},
		},
		Chosen: "412 people and 1,204 events chosen", Plan: flow.Action{Verb: words.SeeThePlan, Rank: flow.Primary},
		Earlier: []flow.EarlierRow{
			{Number: 3, Title: "Put back on " + name, Line: "Today 08:10: 120 created, 3 changed", State: work.RestoreDone, Undo: flow.Action{Verb: words.UndoRestore}},
			{Number: 2, Title: "Files, put on Old phone", Line: "Yesterday 21:00: 4 created", State: work.RestoreOpen, Word: words.RestoreWasStopped, Undo: flow.Action{Verb: words.UndoRestore, Off: true}},
			{Number: 1, Title: "From Old phone to " + name, Line: "3 March 21:00: 412 created", State: work.RestoreUndone, Word: words.RestoreWasUndone}},
	}
}

// askedView has a card on which something was dropped, and cards that are
// proven or being proven.
func askedView(name, line string) flow.HomeView {
	buttons := []flow.Action{{Act: flow.ActExport, Verb: words.ExportNow}, {Act: flow.ActFolder, Verb: words.ShowFiles, Rank: flow.Quiet}}
	more := []flow.Action{{Act: flow.ActRemove, Verb: words.RemoveAccount}}
	counts := []flow.Count{{Number: "412", Word: "people"}, {Number: "1,204", Word: "events"}, {Number: "38", Word: "to-dos"}}
	card := func(account, icon string) flow.Card {
		return flow.Card{Account: account, Icon: icon, Caption: "Exported 2 hours ago", State: flow.Safe, Counts: counts, Actions: buttons, More: more, Takes: true, There: "288 people there now",
			Proof: words.Proven(1654, 1654), Sum: words.HowProven + ", today 21:04", Prove: flow.Action{Act: flow.ActProve, Verb: words.ProveNow, Rank: flow.Quiet}}
	}
	asked, proving, bad := card(name, "server"), card("Old phone", "phone"), card("Failing phone", "phone")
	asked.Asked = &flow.AskedView{Title: "Put 36 people back here?", Files: []string{"choir-members.vcf" + line}, Rest: "and 3 more files", Note: words.SkippedFiles(2),
		Plan: flow.Action{Verb: words.SeeThePlan}, Keep: flow.Action{Verb: words.KeepOnly}}
	proving.Proof, proving.Sum, proving.Prove.Verb = words.Proving, "1,204 of 1,654 compared", words.Stop
	bad.State, bad.Proof, bad.Sum = flow.Unproven, words.NotProven(3, 1654), "Put back on a practice service today 21:04"
	bad.Sentence = words.UnprovenMeans
	return flow.HomeView{Title: words.AllSafe, Line: "Last export 2 hours ago.", Tone: flow.Good, Cards: []flow.Card{card("Amara’s iCloud", "cloud"), asked, proving, bad}}
}
