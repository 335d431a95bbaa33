# Every target works as the first command on a bare Debian machine as root.
# Elsewhere `make deps` says what to install.

SHELL := /bin/bash

# One set of flags everywhere, so that Fyne and SQLite compile once.
export GOFLAGS := -buildvcs=false

# What it takes to compile, and what the tests run against.
BUILD_PACKAGES := gcc libc6-dev pkg-config libgl-dev libx11-dev libxrandr-dev libxxf86vm-dev libxi-dev \
	libxcursor-dev libxinerama-dev
TEST_PACKAGES := radicale xandikos rclone vdirsyncer khal khard todoman chromium xvfb xdotool imagemagick libgl1 \
	libgl1-mesa-dri fonts-dejavu-core curl dbus gnome-keyring python3-gi gir1.2-gtk-3.0

# The window and what imports it are tested without -race: with it Fyne would
# be compiled a second time. The tests of ./app build the program themselves, so
# that go cannot know when what they found before still holds: hence -count=1.
WINDOW := ./app ./app/gui/...
REST := $$(go list ./... | grep -v -e '^sidekeep/app$$' -e '^sidekeep/app/gui')

# What these measure or do by the hundred is cut short under -race, so they run
# without it too.
WHOLE := ./export/archive ./export/loss ./export/source/dav

.PHONY: build run demo disaster deps build-deps go test check format vet lint bench

build: build-deps
	go build -o sidekeep ./app

run: build-deps
	go run ./app

demo: build-deps
	go run ./app demo

# October 2009, played on the demo phone: fails if anything that it tells is untrue.
disaster: build-deps
	go run ./app demo --disaster

deps: build-deps
	@.ci/deps $(TEST_PACKAGES)

build-deps: go
	@.ci/deps --must $(BUILD_PACKAGES)

go:
	@.ci/deps --go

test: deps
	go test -timeout 40m -race $(REST)
	go test -count=1 -timeout 40m $(WINDOW) $(WHOLE)

check: deps format vet lint test

format:
	@out=$$(gofmt -l app export formats assets); if [ -n "$$out" ]; then echo "not formatted (gofmt -w):"; echo "$$out"; exit 1; fi

vet:
	go vet ./...
	CGO_ENABLED=0 GOOS=windows go vet $(REST)
	CGO_ENABLED=0 GOOS=darwin go vet $(REST)

lint:
	go tool staticcheck ./...

bench: deps
	go test -run '^$$' -bench . -timeout 60m $(REST)
	go test -run '^$$' -bench . -benchtime 1x -timeout 120m ./app
