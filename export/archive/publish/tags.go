package publish

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"

	"sidekeep/export/archive/disk"
	"sidekeep/export/archive/history"
	"sidekeep/export/archive/openfiles"
	"sidekeep/export/archive/site"
	"sidekeep/export/archive/stage"
)

// stageTags writes the manifests and what describes the archive. What of it has
// not changed is left as it is.
func stageTags(p *stage.Staging) error {
	var files, bytes int64
	err := stageTag(p, disk.ManifestFile, func(w io.Writer) error {
		return history.Each(context.Background(), p.W.Conn, openfiles.Payload, nil, func(rows *sql.Rows) error {
			files++
			n, err := openfiles.ManifestLine(rows, w)
			bytes += n
			return err
		})
	})
	if err != nil {
		return err
	}
	if err := bagDate(p); err != nil {
		return err
	}
	var date string
	if _, err := p.W.Row("SELECT value FROM archive WHERE name = 'bagged'", nil, &date); err != nil {
		return err
	}
	if err := stageTag(p, disk.BagInfoFile, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Bag-Software-Agent: Sidekeep\nBagging-Date: %s\nExternal-Identifier: %s\nPayload-Oxum: %d.%d\nSidekeep-Format: %d\n",
			date, p.A.ID, bytes, files, history.Format)
		if err != nil {
			return err
		}
		return bagAccounts(p.W.Conn, w)
	}); err != nil {
		return err
	}
	if err := stageTag(p, disk.BagitFile, func(w io.Writer) error {
		_, err := io.WriteString(w, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
		return err
	}); err != nil {
		return err
	}
	if err := stageTag(p, disk.ReadmeFile, func(w io.Writer) error { return site.WriteHome(p, w) }); err != nil {
		return err
	}
	return stageTag(p, disk.TagManifestFile, func(w io.Writer) error {
		return history.Each(context.Background(), p.W.Conn, "SELECT path, size, hash FROM file WHERE NOT (path >= 'data/' AND path < 'data0') AND path <> ? ORDER BY path",
			[]any{disk.TagManifestFile}, func(rows *sql.Rows) error {
				_, err := openfiles.ManifestLine(rows, w)
				return err
			})
	})
}

// stageTag stages one file beside data/ and enters it in the table file.
func stageTag(p *stage.Staging, name string, write func(io.Writer) error) error {
	p.Account, p.N = 0, 0
	if err := p.Stage(name, write); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	last := len(p.Staged) - 1
	s := p.Staged[last]
	p.Staged = p.Staged[:last]
	return p.RecordFile(s)
}

// bagDate moves the bagging date if the payload changed.
func bagDate(p *stage.Staging) error {
	n := len(p.Staged)
	if n == 0 || p.Staged[n-1].Path != disk.ManifestFile {
		return nil
	}
	return history.SetValue(p.W, "bagged", p.A.Now().UTC().Format(time.DateOnly))
}

// The tags of bag-info.txt that tell of the account in a folder of data/: the
// folder, a slash, its name; the folder, a slash, its settings, unless nothing
// exports it. CR, LF and % are encoded in them as in a manifest (RFC 8493,
// section 2.1.3).
const (
	AccountTag  = "Sidekeep-Account"
	SettingsTag = "Sidekeep-Settings"
)

var (
	encodeTag = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	DecodeTag = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n")
)

func bagAccounts(q history.Querier, w io.Writer) error {
	return history.Each(context.Background(), q, "SELECT folder, name, settings FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
		var folder, name string
		var settings sql.RawBytes
		if err := rows.Scan(&folder, &name, &settings); err != nil {
			return err
		}
		folder = strings.TrimPrefix(folder, "data/")
		_, err := fmt.Fprintf(w, "%s: %s/%s\n", AccountTag, folder, encodeTag.Replace(name))
		if err == nil && len(settings) > 0 {
			_, err = fmt.Fprintf(w, "%s: %s/%s\n", SettingsTag, folder, encodeTag.Replace(string(settings)))
		}
		return err
	})
}
