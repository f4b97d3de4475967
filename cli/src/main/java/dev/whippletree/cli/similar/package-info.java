/**
 * The command {@code similar}: approves wordings that share an answer.
 */
@NullMarked
package dev.whippletree.cli.similar;

import org.jspecify.annotations.NullMarked;
