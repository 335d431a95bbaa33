package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"

	"sidekeep/formats/cell"
	"sidekeep/formats/vcard"
)

// outlookHeader are the columns that Outlook writes and reads, as far as a
// contact fills them.
var outlookHeader = strings.Split("Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,"+
	"Business Street,Business City,Business State,Business Postal Code,Business Country/Region,Business Address PO Box,"+
	"Home Street,Home City,Home State,Home Postal Code,Home Country/Region,Home Address PO Box,"+
	"Other Street,Other City,Other State,Other Postal Code,Other Country/Region,Other Address PO Box,"+
	"Business Fax,Business Phone,Business Phone 2,Car Phone,Company Main Phone,Home Fax,Home Phone,Home Phone 2,ISDN,"+
	"Mobile Phone,Other Fax,Other Phone,Pager,Primary Phone,Anniversary,Birthday,Categories,Children,"+
	"E-mail Address,E-mail 2 Address,E-mail 3 Address,Gender,Language,Manager's Name,Assistant's Name,Nickname,Notes,Profession,Spouse,Web Page", ",")

// A filler fills the columns of Outlook; what finds no free column becomes a
// line of the notes.
type filler struct {
	cells map[string]string
	notes []string
	lost  []vcard.Loss
	name  string
}

// put fills the first of the columns that is free.
func (f *filler) put(property, label, value string, columns ...string) {
	if value == "" {
		return
	}
	for _, column := range columns {
		if f.cells[column] == "" {
			f.cells[column] = value
			return
		}
	}
	line := property + ": " + value
	if label != "" {
		line = property + " (" + label + "): " + value
	}
	f.notes = append(f.notes, line)
	f.lost = append(f.lost, vcard.Loss{Property: property, Value: f.name + ": " + value, Happens: "Outlook has no column that is free for it: it stands in the notes"})
}

func writeOutlook(w io.Writer, contacts iter.Seq2[*vcard.Contact, error]) ([]vcard.Loss, error) {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return nil, err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(outlookHeader); err != nil {
		return nil, err
	}
	var losses []vcard.Loss
	for c, err := range contacts {
		if err != nil {
			return losses, err
		}
		f := &filler{cells: map[string]string{}, name: c.Name}
		f.contact(c)
		row := make([]string, len(outlookHeader))
		for i, column := range outlookHeader {
			row[i] = f.cells[column]
		}
		losses = append(losses, f.lost...)
		if err := out.Write(cell.All(row)); err != nil {
			return losses, err
		}
	}
	out.Flush()
	return losses, out.Error()
}

func (f *filler) contact(c *vcard.Contact) {
	r, gone := recordOf(c)
	f.lost = gone
	at := func(name string) string { return r.fixed[slices.Index(googleFixed, name)] }
	f.cells["Title"], f.cells["First Name"], f.cells["Middle Name"] = at("Name Prefix"), at("First Name"), at("Middle Name")
	f.cells["Last Name"], f.cells["Suffix"], f.cells["Nickname"] = at("Last Name"), at("Name Suffix"), at("Nickname")
	f.cells["Company"], f.cells["Department"], f.cells["Job Title"] = at("Organization Name"), at("Organization Department"), at("Organization Title")
	f.cells["Categories"] = strings.Join(c.Categories, ";")
	for _, name := range [...]string{"Phonetic Last Name", "Phonetic First Name", "Phonetic Middle Name", "Photo"} {
		f.put(name, "", at(name))
	}
	f.dates(c, r)
	for i := range c.Phones {
		v := &c.Phones[i]
		f.put("Phone", labelOf(v, false), v.Text, phoneColumns(v)...)
	}
	for _, v := range r.emails {
		f.put("E-mail", v.label, v.value, "E-mail Address", "E-mail 2 Address", "E-mail 3 Address")
	}
	for i := range c.Addresses {
		f.address(&c.Addresses[i])
	}
	for _, v := range r.websites {
		f.put("Website", v.label, v.value, "Web Page")
	}
	for _, v := range r.chats {
		f.put("Chat", v.service, v.value)
	}
	for _, v := range r.relations {
		columns := map[string]string{"spouse": "Spouse", "child": "Children", "manager": "Manager's Name", "assistant": "Assistant's Name"}
		if column := columns[strings.ToLower(v.label)]; column != "" {
			f.put("Related", v.label, v.value, column)
		} else {
			f.put("Related", v.label, v.value)
		}
	}
	columns := map[string]string{"Role": "Profession", "Gender": "Gender", "Language": "Language"}
	for _, v := range r.custom {
		value := v.value
		if v.label == "Gender" {
			value = map[string]string{"M": "Male", "F": "Female"}[value]
			if value == "" {
				f.put(v.label, "", v.value)
			}
		}
		if column := columns[v.label]; column != "" {
			f.put(v.label, "", value, column)
		} else {
			f.put(v.label, "", value)
		}
	}
	f.cells["Notes"] = strings.TrimSpace(at("Notes") + "\n\n" + strings.Join(f.notes, "\n"))
}

// dates fills the columns of dates, which Outlook reads with slashes, the
// month first. It knows none without a year.
func (f *filler) dates(c *vcard.Contact, r *record) {
	put := func(name string, d *vcard.Date) {
		switch {
		case d == nil:
		case d.Year > 0 && d.Month > 0 && d.Day > 0:
			f.put(name, "", fmt.Sprintf("%d/%d/%04d", d.Month, d.Day, d.Year), name)
		default:
			f.put(name, "", dateText(d))
		}
	}
	put("Birthday", c.Birthday)
	put("Anniversary", c.Anniversary)
	for i, v := range r.events {
		if i > 0 || c.Anniversary == nil {
			f.put("Date", v.label, v.value)
		}
	}
}

// phoneColumns are the columns of Outlook for a telephone, the best first.
func phoneColumns(v *vcard.Value) []string {
	if v.Label != "" {
		return nil
	}
	switch typeLabel(v.Types) {
	case "Home Fax":
		return []string{"Home Fax", "Other Fax"}
	case "Work Fax":
		return []string{"Business Fax", "Other Fax"}
	case "Fax":
		return []string{"Other Fax"}
	case "Pager":
		return []string{"Pager"}
	case "Mobile", "Work Mobile":
		return []string{"Mobile Phone"}
	case "Home":
		return []string{"Home Phone", "Home Phone 2"}
	case "Work":
		return []string{"Business Phone", "Business Phone 2"}
	case "Main":
		return []string{"Company Main Phone"}
	case "Car":
		return []string{"Car Phone"}
	case "Isdn":
		return []string{"ISDN"}
	case "":
		return []string{"Other Phone", "Primary Phone"}
	}
	return nil
}

// address fills the columns of one place, or the notes if they are taken.
func (f *filler) address(a *vcard.Address) {
	place := "Other "
	switch label := typeLabel(a.Types); {
	case a.Label != "":
	case label == "Home":
		place = "Home "
	case label == "Work":
		place = "Business "
	}
	for _, part := range [...]string{"Street", "City", "State", "Postal Code", "Country/Region", "Address PO Box"} {
		if f.cells[place+part] != "" {
			f.put("Address", labelOf(&a.Value, false), a.Text)
			return
		}
	}
	street := strings.TrimSpace(a.Street + "\n" + a.Extended)
	if street+a.City+a.Region+a.Code+a.Country+a.POBox == "" {
		street = a.Text
	}
	f.cells[place+"Street"], f.cells[place+"City"], f.cells[place+"State"] = street, a.City, a.Region
	f.cells[place+"Postal Code"], f.cells[place+"Country/Region"], f.cells[place+"Address PO Box"] = a.Code, a.Country, a.POBox
	if a.Label != "" {
		f.put("Address", a.Label, a.Text)
	}
}
