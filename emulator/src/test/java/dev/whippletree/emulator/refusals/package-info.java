/**
 * How the production engine takes refusals: limits that nobody tells, waits that lie, refusals by chance, in virtual
 * time.
 */
@NullMarked
package dev.whippletree.emulator.refusals;

import org.jspecify.annotations.NullMarked;
