#!/bin/sh
# Makes docs/session.svg anew: imapsh typed into a real terminal (tmux), the pane drawn by imapsh.render.picture.
# Needs imapsh installed and tmux.
cd "$(dirname "$0")" || exit
folder=$(mktemp -d)
printf '* FLAGS (\\Answered \\Seen $Work )\r\n* 7 FETCH (UID 52 ENVELOPE (NIL "Re: "quick" question" NIL NIL NIL NIL NIL NIL NIL NIL))\r\n' > "$folder/odd.txt"
pane() { tmux -L imapsh-picture "$@"; }
keys() { pane send-keys -t session "$@" && sleep 1; }
pane new-session -d -s session -x 96 -y 52 -c "$folder" "PS1='$ ' exec bash --norc"
sleep 1
keys clear Enter
keys 'imapsh --explain odd.txt' Enter
keys 'imapsh --demo' Enter
sleep 1
keys 'SELECT INBOX' Enter
keys "FETCH 3 (UID FLAGS ENVELOPE)" Enter
keys "\\last view" Enter
keys 'STORE 3 +FLAGS (\Flagged $I'
pane capture-pane -e -p -t session -S -200 | python3 -m imapsh.render.picture imapsh > session.svg
pane kill-session -t session
rm -r "$folder"
