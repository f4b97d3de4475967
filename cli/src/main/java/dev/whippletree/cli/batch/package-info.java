/** The command {@code batch}: a file of prompts in, a file of answers out. */
@NullMarked
package dev.whippletree.cli.batch;

import org.jspecify.annotations.NullMarked;
