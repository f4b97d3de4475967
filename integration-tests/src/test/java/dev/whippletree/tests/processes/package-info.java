/** Commands that are killed, or that run beside each other, over the same files. */
@NullMarked
package dev.whippletree.tests.processes;

import org.jspecify.annotations.NullMarked;
