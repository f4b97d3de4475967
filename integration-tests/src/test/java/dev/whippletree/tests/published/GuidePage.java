package dev.whippletree.tests.published;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** A page's blocks of code, and what they say is to change in an application. Immutable. */
record GuidePage(Path file) {

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```(\\w+)\\n(.*?)^```$");

    static GuidePage of(String name) {
        return new GuidePage(Path.of("../docs", name));
    }

    /** Returns its blocks of one language, in order. */
    List<String> blocks(String language) throws IOException {
        return BLOCK.matcher(Files.readString(file))
                .results()
                .filter(block -> block.group(1).equals(language))
                .map(block -> block.group(2))
                .toList();
    }

    /** Makes a change that is written as a diff: what it takes away, and what is around it, is there once. */
    static void change(Path file, String diff) throws IOException {
        String before = side(diff, '-');
        String text = Files.readString(file);
        assertThat(text.split(Pattern.quote(before), -1))
                .as("%s has once:%n%s", file, before)
                .hasSize(2);
        Files.writeString(file, text.replace(before, side(diff, '+')));
    }

    private static String side(String diff, char mark) {
        StringBuilder side = new StringBuilder();
        diff.lines()
                .filter(line -> line.charAt(0) == ' ' || line.charAt(0) == mark)
                .forEach(line -> side.append(line.substring(1)).append('\n'));
        return side.toString();
    }
}
