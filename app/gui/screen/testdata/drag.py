"""A window of another program: what is dragged out of it is the file named first.

drag.py FILE X Y WIDTH HEIGHT; it writes a line when a drag begins and when it ends.
"""

import pathlib
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402


def tell(*words):
    print(*words, flush=True)


def main():
    name, *place = sys.argv[1:]
    x, y, width, height = map(int, place)
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_default_size(width, height)
    box = Gtk.EventBox()
    box.add(Gtk.Label(label="Drag me"))
    box.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [], Gdk.DragAction.COPY)
    box.drag_source_add_uri_targets()
    uri = pathlib.Path(name).absolute().as_uri()
    box.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris([uri]))
    box.connect("drag-begin", lambda *_: tell("begin"))
    box.connect("drag-end", lambda *_: tell("end"))
    window.add(box)
    window.show_all()
    window.move(x, y)
    window.connect("map-event", lambda *_: tell("ready"))
    tell("ready")
    Gtk.main()


main()
