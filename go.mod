module sidekeep

go 1.26.0

require (
	fyne.io/fyne/v2 v2.7.1 // the window
	github.com/bep/imagemeta v1.0.1 // capture times of photos
	github.com/cenkalti/backoff/v5 v5.0.3 // the intervals at which a source is asked again
	github.com/emersion/go-ical v0.0.0-20250329121855-f41e73efc392 // encoding of new calendar objects; reading is measured beside it
	github.com/emersion/go-vcard v0.0.0-20260618161152-d854b7e0e2d3 // encoding of new cards; splitting and reading are measured beside it
	github.com/gofrs/flock v0.13.1 // one writer at a time, on every system
	github.com/google/go-cmp v0.7.0 // tests: readable differences
	github.com/icholy/digest v1.2.0 // tests: the peer that signing in by Digest is compared with
	github.com/mattn/go-runewidth v0.0.31 // how wide a name is on a terminal
	github.com/mattn/go-sqlite3 v1.14.53 // history.db
	github.com/pelletier/go-toml/v2 v2.4.3 // settings that a person can read and edit
	github.com/rogpeppe/go-internal v1.16.0 // tests: the verbs as scripts
	github.com/schollz/progressbar/v3 v3.19.1 // the bar of a live line on a terminal
	github.com/spf13/cobra v1.10.2 // the command line
	github.com/spf13/pflag v1.0.9 // the flags of its verbs
	github.com/teambition/rrule-go v1.8.2 // tests: recurrence of the demo phone's events, by another's code
	github.com/zalando/go-keyring v0.2.8 // the system's keychain
	golang.org/x/image v0.47.0 // drawing the demo phone's pictures
	golang.org/x/net v0.62.0 // registrable domains and international host names
	golang.org/x/sync v0.24.0 // groups of workers that end together
	golang.org/x/sys v0.49.0 // free disk space, file systems
	golang.org/x/term v0.47.0 // a password without an echo
	golang.org/x/text v0.43.0 // Unicode forms, old charsets and the order of names
)

require (
	fyne.io/systray v1.11.1-0.20250603113521-ca66a66d8b58 // indirect
	github.com/BurntSushi/toml v1.5.0 // indirect
	github.com/clipperhouse/uax29/v2 v2.2.0 // indirect
	github.com/danieljoos/wincred v1.2.3 // indirect
	github.com/fredbi/uri v1.1.1 // indirect
	github.com/fsnotify/fsnotify v1.9.0 // indirect
	github.com/fyne-io/gl-js v0.2.0 // indirect
	github.com/fyne-io/glfw-js v0.3.0 // indirect
	github.com/fyne-io/image v0.1.1 // indirect
	github.com/fyne-io/oksvg v0.2.0 // indirect
	github.com/go-gl/gl v0.0.0-20231021071112-07e5d0ea2e71 // indirect
	github.com/go-gl/glfw/v3.3/glfw v0.0.0-20240506104042-037f3cc74f2a // indirect
	github.com/go-text/render v0.2.0 // indirect
	github.com/go-text/typesetting v0.2.1 // indirect
	github.com/godbus/dbus/v5 v5.2.2 // indirect
	github.com/hack-pad/go-indexeddb v0.3.2 // indirect
	github.com/hack-pad/safejs v0.1.0 // indirect
	github.com/inconshreveable/mousetrap v1.1.0 // indirect
	github.com/jeandeaual/go-locale v0.0.0-20250612000132-0ef82f21eade // indirect
	github.com/jsummers/gobmp v0.0.0-20230614200233-a9de23ed2e25 // indirect
	github.com/mitchellh/colorstring v0.0.0-20190213212951-d06e56a500db // indirect
	github.com/nfnt/resize v0.0.0-20180221191011-83c6a9932646 // indirect
	github.com/nicksnyder/go-i18n/v2 v2.5.1 // indirect
	github.com/rivo/uniseg v0.4.7 // indirect
	github.com/rymdport/portal v0.4.2 // indirect
	github.com/srwiley/oksvg v0.0.0-20221011165216-be6e8873101c // indirect
	github.com/srwiley/rasterx v0.0.0-20220730225603-2ab79fcdd4ef // indirect
	github.com/stretchr/testify v1.12.1 // indirect
	github.com/yuin/goldmark v1.7.8 // indirect
	go.yaml.in/yaml/v3 v3.0.5 // indirect
	golang.org/x/exp/typeparams v0.0.0-20231108232855-2478ac86f678 // indirect
	golang.org/x/mod v0.41.0 // indirect
	golang.org/x/tools v0.51.0 // indirect
	honnef.co/go/tools v0.8.2 // indirect
)

tool honnef.co/go/tools/cmd/staticcheck
