/**
 * A module that asks. Whippletree's jars are automatic modules, which don't declare what they need. So start it with
 * two additions:
 *
 * <pre>
 * java --module-path target/modular.jar:target/lib --add-modules ALL-MODULE-PATH,ALL-DEFAULT \
 *     -m outside.modular/outside.modular.Ask "Hello"
 * </pre>
 *
 * <p>{@code jlink} refuses automatic modules. Of Whippletree's, {@code gateway}, {@code emulator}, {@code stress},
 * {@code planner}, {@code testkit}, {@code cli}, {@code spring-boot-starter} and {@code spring-ai} work on the class
 * path only.
 */
module outside.modular {
    requires dev.whippletree.core;
}
