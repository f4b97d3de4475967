/**
 * What can go wrong with an emulated service, and the script that says when.
 *
 * <p>A script is pure: it is told the account, the number of its request and the time since the start, and answers
 * which fault befalls it, if any.
 */
@NullMarked
package dev.whippletree.emulator.fault;

import org.jspecify.annotations.NullMarked;
