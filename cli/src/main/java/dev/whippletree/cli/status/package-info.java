/** The command {@code status}: shows the accounts, of this process or of a gateway. */
@NullMarked
package dev.whippletree.cli.status;

import org.jspecify.annotations.NullMarked;
