package main

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"time"
)

// A place is where pictures were taken.
type place struct {
	lat, lon, alt float64
	zone          string
}

var places = map[string]place{
	"home": {53.5461, 9.9665, 12, "Europe/Berlin"}, "coast": {54.3170, 8.6000, 4, "Europe/Berlin"}, "alps": {47.4200, 11.0300, 980, "Europe/Berlin"},
	"south": {43.7000, 7.2700, 9, "Europe/Paris"}, "north": {69.2200, 18.9500, 40, "Europe/Oslo"}, "lake": {59.2800, 17.9000, 14, "Europe/Stockholm"},
	"york": {40.7050, -74.0150, 6, "America/New_York"}, "canyon": {36.1000, -112.1000, 2100, "America/Phoenix"},
}

// An outing is a day or two with pictures of certain kinds.
type outing struct {
	day   string // and hour of the first picture
	place string
	kinds []string
}

// scenes are the kinds of pictures.
var scenes = map[string]scene{
	"mountains": mountains, "sea": sea, "hills": hills, "forest": forest, "city": city, "aurora": aurora, "beach": beach,
	"flowers": flowers, "plate": plate, "lighthouse": lighthouse, "desert": desert, "tree": tree, "houses": houses, "coffee": coffee,
}

var outings = []outing{
	{"2023-12-26 10", "alps", []string{"mountains", "forest", "plate"}},
	{"2024-02-17 22", "north", []string{"aurora", "aurora", "mountains"}},
	{"2024-04-21 14", "home", []string{"flowers", "tree", "coffee"}},
	{"2024-07-08 11", "south", []string{"beach", "sea", "plate", "houses", "sea"}},
	{"2024-10-13 15", "home", []string{"tree", "forest", "hills"}},
	{"2024-12-29 20", "york", []string{"city", "city", "coffee"}},
	{"2025-03-30 12", "home", []string{"flowers", "houses", "plate"}},
	{"2025-05-24 17", "coast", []string{"lighthouse", "sea", "beach"}},
	{"2025-07-19 09", "alps", []string{"hills", "mountains", "flowers", "mountains", "plate"}},
	{"2025-09-06 18", "lake", []string{"sea", "houses", "forest", "coffee"}},
	{"2025-10-26 13", "home", []string{"tree", "hills", "city"}},
	{"2026-01-18 11", "home", []string{"city", "coffee", "forest"}},
	{"2026-04-05 16", "canyon", []string{"desert", "desert", "mountains", "desert"}},
	{"2026-06-14 12", "coast", []string{"lighthouse", "beach", "lighthouse", "sea"}},
	{"2026-08-02 10", "lake", []string{"hills", "sea", "flowers", "houses", "plate"}},
	{"2026-10-11 15", "home", []string{"tree", "forest", "hills", "coffee"}},
	{"2026-11-07 17", "home", []string{"city", "plate"}},
}

// A photo is one file of the demo phone.
type photo struct {
	path     string
	modified time.Time
	body     []byte
}

// makePhotos paints the pictures in the order in which they were taken.
func makePhotos() []photo {
	rnd := rand.New(rand.NewPCG(60, 1))
	used := map[string]int{}
	var all []photo
	sort.SliceStable(outings, func(i, j int) bool { return outings[i].day < outings[j].day })
	for _, o := range outings {
		p := places[o.place]
		zone := mustZone(p.zone)
		at, err := time.ParseInLocation("2006-01-02 15", o.day, zone)
		if err != nil {
			panic(err) // the table above is wrong
		}
		for _, kind := range o.kinds {
			at = at.Add(time.Duration(7+rnd.IntN(75))*time.Minute + time.Duration(rnd.IntN(60))*time.Second)
			n := len(all)
			s := shot{at: at, lat: p.lat + (rnd.Float64()-0.5)/50, lon: p.lon + (rnd.Float64()-0.5)/50, alt: p.alt + rnd.Float64()*20, width: 1024, height: 768, orientation: 1}
			if n%5 == 3 {
				s.width, s.height = s.height, s.width
			}
			c := newCanvas(s.width, s.height, uint64(n+1))
			scenes[kind](c, used[kind])
			used[kind]++
			c.grain(5)
			all = append(all, photo{photoPath(n), at, withEXIF(c.jpeg(74), s)})
		}
	}
	return all
}

// photoPath names picture n as a phone does whose counter began anew in its
// second folder, so that names meet.
func photoPath(n int) string {
	if n < 38 {
		return fmt.Sprintf("100APPLE/IMG_%04d.JPG", n+1+n/9) // some were deleted
	}
	n -= 38
	return fmt.Sprintf("101APPLE/IMG_%04d.JPG", n+1+n/7)
}

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err) // the system has no time zones: the data would be wrong
	}
	return zone
}
