// Package site makes README.html and its pages of what is shown: the home page,
// people, agenda, to-dos, photos with their thumbnails, and the entries that a
// browser searches. How a page looks is left to
// [sidekeep/export/archive/pages].
package site
