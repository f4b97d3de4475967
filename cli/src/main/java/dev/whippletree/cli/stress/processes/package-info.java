/**
 * The processes of one stress run: their settings, their reports, and their common status.
 *
 * <p>A process is told its part by a line of JSON on its standard input, reports that it is ready by a line on its standard output,
 * starts when it is sent another line, and from then on reports how it stands a few times a second. The last report has its
 * results. Whatever it prints that is no report is a line of its log. It ends when its standard input does, so that none
 * outlives the one that started it, however that ended.
 */
@NullMarked
package dev.whippletree.cli.stress.processes;

import org.jspecify.annotations.NullMarked;
