/** What the command does with a gateway; nothing else here loads that module's classes. */
@NullMarked
package dev.whippletree.cli.served;

import org.jspecify.annotations.NullMarked;
