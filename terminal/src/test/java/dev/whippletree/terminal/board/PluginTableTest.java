package dev.whippletree.terminal.board;

import static org.assertj.core.api.Assertions.assertThat;

import dev.whippletree.plugin.FoundPlugin;
import dev.whippletree.plugin.FoundPlugin.PluginOrigin;
import dev.whippletree.plugin.FoundPlugin.State;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PluginTableTest {

    private static final List<FoundPlugin> FOUND = List.of(
            plugin("provider", "groq", PluginOrigin.BUILT_IN, null, State.USABLE, null),
            plugin("provider", "of-the-program", PluginOrigin.PROGRAM, null, State.USABLE, null),
            plugin("cache", "groq", PluginOrigin.CLASS_PATH, "file:/lib/cache-1.2.jar", State.USABLE, null),
            plugin("strategy", "mine", PluginOrigin.CLASS_PATH, "file:/home/me/classes/", State.DUPLICATE, null),
            plugin(
                    "coordinator",
                    null,
                    PluginOrigin.PLUGIN_FOLDER,
                    "/opt/whippletree/plugins/coordinator-broken-2.0.jar",
                    State.BROKEN,
                    "it needs the class com.example.Missing, which isn't there"));

    private static FoundPlugin plugin(
            String kind, String name, PluginOrigin origin, String place, State state, String reason) {
        return new FoundPlugin(
                kind,
                Optional.ofNullable(name),
                origin,
                Optional.ofNullable(place),
                state,
                Optional.ofNullable(reason));
    }

    private static String table(boolean colours, int columns, Optional<Map<String, Set<String>>> named) {
        return String.join("\n", PluginTable.lines(FOUND, named, new Screen(colours, columns)))
                .replace("\u001b", "␛");
    }

    @Test
    void plugins_areListedWithTheirUseByKindAndName_andWhatIsWrong() {
        Map<String, Set<String>> named = Map.of("provider", Set.of("groq"), "strategy", Set.of("mine"));
        assertThat(table(false, 80, Optional.of(named))).isEqualTo("""
                        kind         name            state      from
                        provider     groq            used       built in
                        provider     of-the-program  not named  program
                        cache        groq            not named  class path: cache-1.2.jar
                        strategy     mine            duplicate  class path: classes/
                        coordinator  –               broken     …tree/plugins/coordinator-broken-2.0.jar
                                     it needs the class com.example.Missing, which isn't there""");
    }

    @Test
    void withoutAConfiguration_nobodyKnows_andPathsKeepTheirEndsOnANarrowScreen() {
        assertThat(table(true, 60, Optional.empty())).isEqualTo("""
                        ␛[1mkind␛[0m         ␛[1mname␛[0m            ␛[1mstate␛[0m      ␛[1mfrom␛[0m
                        provider     groq            ␛[33munknown␛[0m    built in
                        provider     of-the-program  ␛[33munknown␛[0m    program
                        cache        groq            ␛[33munknown␛[0m    class path: …1.2.jar
                        strategy     mine            ␛[31mduplicate␛[0m  class path: classes/
                        coordinator  –               ␛[31mbroken␛[0m     …ator-broken-2.0.jar
                                     it needs the class com.example.Missing, which
                                     isn't there""");
    }
}
