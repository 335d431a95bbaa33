package archive

import (
	"context"
	"database/sql"
	"fmt"
	"io"
	"strings"
	"time"
)

// stageTags writes the manifests and what describes the archive. What of it has
// not changed is left as it is.
func stageTags(p *publication) error {
	var files, bytes int64
	err := stageTag(p, manifestFile, func(w io.Writer) error {
		return eachRow(context.Background(), p.w.conn, payload, nil, func(rows *sql.Rows) error {
			files++
			n, err := manifestLine(rows, w)
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
	if _, err := p.w.row("SELECT value FROM archive WHERE name = 'bagged'", nil, &date); err != nil {
		return err
	}
	if err := stageTag(p, bagInfoFile, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Bag-Software-Agent: Sidekeep\nBagging-Date: %s\nExternal-Identifier: %s\nPayload-Oxum: %d.%d\nSidekeep-Format: %d\n",
			date, p.a.id, bytes, files, Format)
		if err != nil {
			return err
		}
		return bagAccounts(p.w.conn, w)
	}); err != nil {
		return err
	}
	if err := stageTag(p, bagitFile, func(w io.Writer) error {
		_, err := io.WriteString(w, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n")
		return err
	}); err != nil {
		return err
	}
	if err := stageTag(p, readmeFile, func(w io.Writer) error { return writeHome(p, w) }); err != nil {
		return err
	}
	return stageTag(p, tagManifestFile, func(w io.Writer) error {
		return eachRow(context.Background(), p.w.conn, "SELECT path, size, hash FROM file WHERE NOT (path >= 'data/' AND path < 'data0') AND path <> ? ORDER BY path",
			[]any{tagManifestFile}, func(rows *sql.Rows) error {
				_, err := manifestLine(rows, w)
				return err
			})
	})
}

// stageTag stages one file beside data/ and enters it in the table file.
func stageTag(p *publication, name string, write func(io.Writer) error) error {
	p.account, p.n = 0, 0
	if err := p.stage(name, write); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	last := len(p.staged) - 1
	s := p.staged[last]
	p.staged = p.staged[:last]
	return p.recordFile(s)
}

// bagDate moves the bagging date if the payload changed.
func bagDate(p *publication) error {
	n := len(p.staged)
	if n == 0 || p.staged[n-1].path != manifestFile {
		return nil
	}
	return set(p.w, "bagged", p.a.now().UTC().Format(time.DateOnly))
}

// The tags of bag-info.txt that tell of the account in a folder of data/: the
// folder, a slash, its name; the folder, a slash, its settings, unless nothing
// exports it. CR, LF and % are encoded in them as in a manifest (RFC 8493,
// section 2.1.3).
const (
	accountTag  = "Sidekeep-Account"
	settingsTag = "Sidekeep-Settings"
)

var (
	encodeTag = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	decodeTag = strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n")
)

func bagAccounts(q querier, w io.Writer) error {
	return eachRow(context.Background(), q, "SELECT folder, name, settings FROM account ORDER BY account", nil, func(rows *sql.Rows) error {
		var folder, name string
		var settings sql.RawBytes
		if err := rows.Scan(&folder, &name, &settings); err != nil {
			return err
		}
		folder = strings.TrimPrefix(folder, "data/")
		_, err := fmt.Fprintf(w, "%s: %s/%s\n", accountTag, folder, encodeTag.Replace(name))
		if err == nil && len(settings) > 0 {
			_, err = fmt.Fprintf(w, "%s: %s/%s\n", settingsTag, folder, encodeTag.Replace(string(settings)))
		}
		return err
	})
}
