package photo

import (
	"path"
	"strings"
)

var extensions = map[string]bool{
	".jpg": true, ".jpeg": true, ".jpe": true, ".heic": true, ".heif": true, ".hif": true, ".avif": true,
	".png": true, ".gif": true, ".webp": true, ".tif": true, ".tiff": true, ".bmp": true, ".jxl": true,
	".dng": true, ".cr2": true, ".cr3": true, ".nef": true, ".arw": true, ".raf": true, ".orf": true, ".rw2": true, ".pef": true, ".srw": true,
	".mov": true, ".mp4": true, ".m4v": true, ".3gp": true, ".3g2": true, ".avi": true, ".mkv": true, ".webm": true, ".mpg": true, ".mpeg": true, ".mts": true, ".m2ts": true, ".wmv": true,
}

// IsPhoto tells by its extension whether a file is a picture or a video of the
// kinds that phones and cameras make.
func IsPhoto(name string) bool {
	return extensions[strings.ToLower(path.Ext(name))] && !strings.HasPrefix(path.Base(name), "._")
}
