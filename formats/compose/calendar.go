package compose

import (
	"errors"
	"fmt"
	"io"
	"strings"

	goical "github.com/emersion/go-ical"

	"sidekeep/formats/contentline"
)

// Product is the PRODID of what Sidekeep writes itself.
const Product = "-//Sidekeep//Sidekeep//EN"

// A Component is a calendar or what is in one: VEVENT, VTODO, VALARM,
// VTIMEZONE. Names of components and of their properties are in upper case.
type Component struct {
	Name       string
	Properties []Property
	Components []*Component // behind the properties
}

// New returns a component of some properties.
func New(name string, p ...Property) *Component { return &Component{Name: name, Properties: p} }

// Calendar returns an empty calendar that says that Sidekeep wrote it.
func Calendar(p ...Property) *Component {
	return New(goical.CompCalendar, append([]Property{Plain("VERSION", "2.0"), Plain("PRODID", Product)}, p...)...)
}

// Add adds properties behind those that the component has.
func (c *Component) Add(p ...Property) { c.Properties = append(c.Properties, p...) }

// Hold adds components behind those that the component has.
func (c *Component) Hold(inner ...*Component) { c.Components = append(c.Components, inner...) }

// Encode writes a calendar. One that is empty is refused, and so is a component
// that lacks what it must have (PRODID and VERSION; UID and DTSTAMP; TZID) or
// has twice what it may have once (RFC 5545 section 3.6).
func (c *Component) Encode() ([]byte, error) {
	b, err := c.encode()
	if err != nil {
		return nil, fmt.Errorf("composing a calendar: %w", err)
	}
	return b, nil
}

func (c *Component) encode() ([]byte, error) {
	if c.Name != goical.CompCalendar {
		return nil, fmt.Errorf("%q is no calendar", contentline.Shown(c.Name))
	}
	root, err := c.library(0)
	if err != nil {
		return nil, err
	}
	lines, err := linesOf(func(w io.Writer) error { return goical.NewEncoder(w).Encode(&goical.Calendar{Component: root}) })
	if err != nil {
		return nil, err
	}
	w := &writer{lines: lines}
	if err := c.write(w); err != nil {
		return nil, err
	}
	return w.whole()
}

// deepest is how many components may be around another: an alarm has two.
const deepest = 8

// library is the component as go-ical has it.
func (c *Component) library(depth int) (*goical.Component, error) {
	if c == nil || depth > deepest {
		return nil, errors.New("a component is missing, or nested too deeply")
	}
	if !contentline.IsName(c.Name) {
		return nil, fmt.Errorf("%q is no name of a component", contentline.Shown(c.Name))
	}
	if err := checkAll(c.Properties); err != nil {
		return nil, err
	}
	out := &goical.Component{Name: c.Name, Props: goical.Props{}}
	for i := range c.Properties {
		p := &c.Properties[i]
		if p.group != "" || p.name != strings.ToUpper(p.name) {
			return nil, fmt.Errorf("%s has a group or lower case, which calendars do not have", p.name)
		}
		out.Props.Add(&goical.Prop{Name: p.name, Params: p.veiled(), Value: veil.Replace(p.value)})
	}
	for _, inner := range c.Components {
		one, err := inner.library(depth + 1)
		if err != nil {
			return nil, err
		}
		out.Children = append(out.Children, one)
	}
	return out, nil
}

// write writes the component's lines.
func (c *Component) write(w *writer) error {
	names := make([]string, len(c.Properties))
	for i := range c.Properties {
		names[i] = c.Properties[i].name
	}
	err := w.properties([]string{"BEGIN"})
	if err == nil {
		err = w.properties(names)
	}
	for _, inner := range c.Components {
		if err == nil {
			err = inner.write(w)
		}
	}
	if err == nil {
		err = w.properties([]string{"END"})
	}
	return err
}
