/**
 * The command {@code status}: how accounts stand, here or at a gateway elsewhere.
 */
@NullMarked
package dev.whippletree.cli.status;

import org.jspecify.annotations.NullMarked;
