/** Answers that are written beforehand, in place of the emulated services' own. */
@NullMarked
package dev.whippletree.emulator.script;

import org.jspecify.annotations.NullMarked;
