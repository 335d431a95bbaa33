package words

import (
	"errors"
	"fmt"
	"time"

	"sidekeep/export"
)

// addressed makes the words w of an address, a host or a certificate say which,
// and what to do about it.
func addressed(w Words, err error) Words {
	var wrong *export.AddressError
	if errors.As(err, &wrong) {
		return flawed(wrong)
	}
	var host *export.HostError
	if errors.As(err, &host) {
		w.Title, w.Try = silent(host)
	}
	var typed *export.TypedError
	if !errors.As(err, &typed) {
		return w
	}
	none := errors.Is(err, export.ErrNotDAV)
	switch {
	case typed.Mail && none:
		w.Title = "The e-mail address " + typed.Address + " leads to no service that gives people, calendars or photos."
		w.Try = mailTry
	case typed.Mail && errors.Is(err, export.ErrUnknownHost):
		w.Title = "No service has this address: " + typed.Address + "."
		w.Try += " " + mailTry
	case typed.Mail:
		w.Try += " " + mailTry
	case none:
		w.Title = "Nothing at this address gives people, calendars or photos: " + typed.Address + "."
	}
	if typed.Meant != "" {
		w.Try = didYouMean(typed.Meant) + w.Try
	}
	return w
}

const mailTry = "Look in the help of the service for the address of its server for calendars and contacts, give that, and the e-mail address as the name to sign in with."

func didYouMean(what string) string { return "Did you mean “" + what + "”? " }

// flawed are the words for what is no address.
func flawed(e *export.AddressError) Words {
	w := Words{Title: "“" + e.Address + "” is no address of a service", Meaning: CopyAsItWas, Try: "Give an e-mail address, a host, or a full address such as https://dav.example.org/."}
	switch e.Flaw {
	case export.OtherScheme:
		w.Title += ": it begins with “" + e.Part + "://”."
		w.Try = "An address of contacts and calendars (CardDAV, CalDAV, WebDAV) begins with https://."
	case export.CalendarFile:
		w.Title = "“" + e.Address + "” is the address of a calendar file, and not of an account."
		w.Try = "Download the file with a browser, with https:// in place of " + e.Part + "://, and import it; or give the address of the account that it comes from."
	case export.OwnFolder:
		w.Title = "“" + e.Address + "” is a folder on this computer, and no address of a service."
		w.Try = "Connect it as a folder, or import what is in it."
	case export.Blank:
		w.Title += ": there is a blank in it."
		w.Try = "Give the address alone, without blanks."
	case export.NoHost:
		w.Title += ": the host is missing."
	case export.NoUser:
		w.Title += ": the name before the @ is missing."
	case export.BadPort:
		w.Title += ": “" + e.Part + "” is no port, which is a number up to 65535."
		w.Try = "Write the port after the host, as in https://dav.example.org:8443/, or leave it out."
	default:
		w.Title += ": “" + e.Part + "” is no name of a host."
	}
	if e.Meant != "" {
		w.Try = didYouMean(e.Meant) + w.Try
	}
	return w
}

// silent is what happened with a host that nothing came from, and what to do.
func silent(e *export.HostError) (title, try string) {
	const unreachable = "The service cannot be reached: "
	switch e.How {
	case export.NoSuchHost:
		return "No service has this address: " + e.Host + ".", "Check how the address is spelled, and that this computer is connected to the internet."
	case export.Refusing:
		return unreachable + "nothing answers at " + e.Host + ".", "Check the host and the port in the address, and that the server is running, then try again."
	case export.Quiet:
		return unreachable + e.Host + " does not answer in time.", "Check the address and the connection, and that the server is switched on, then try again."
	case export.NoWay:
		return unreachable + "this computer has no way to " + e.Host + ".", "Connect this computer to the internet, or to the network that the server is in, then try again."
	case export.InTheClear:
		return unreachable + e.Host + " answers without encryption.", "Check the port in the address. Only if it is a server in your own home that has no certificate, write http:// in front of it."
	}
	return unreachable + "the connection to " + e.Host + " broke off.", "Check the connection and the address, then try again."
}

// doubted are the title of a question about a certificate, and what to do.
func doubted(host string, d export.Doubt) (title, try string) {
	date := func(t time.Time) string { return t.UTC().Format("2 January 2006") }
	switch {
	case d.Names != "":
		title = fmt.Sprintf("The certificate of %s is for another host: %s.", host, d.Names)
		try = "Use the name that the certificate is for, if that is your server. Else compare this fingerprint with the one that the owner of the service gives you, and agree only if they are the same."
	case !d.Ended.IsZero():
		title = fmt.Sprintf("The certificate of %s ended on %s.", host, date(d.Ended))
		try = "Check the date of this computer, and ask the owner of the service to renew it. Agree only if this fingerprint is the one that they give you."
	case !d.Begins.IsZero():
		title = fmt.Sprintf("The certificate of %s begins on %s only.", host, date(d.Begins))
		try = "Check the date of this computer. Agree only if this fingerprint is the one that the owner of the service gives you."
	case d.Unsigned:
		title = "This computer does not know the certificate of " + host + ": its server has made it itself."
		try = questions[export.ErrCertificate].try
	default:
		title = "This computer does not know the certificate of " + host + "."
		try = questions[export.ErrCertificate].try
	}
	return title, try
}
