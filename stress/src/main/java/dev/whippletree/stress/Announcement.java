package dev.whippletree.stress;

import dev.whippletree.stress.interviews.Interviews;
import dev.whippletree.stress.interviews.StressReport;
import dev.whippletree.stress.interviews.StressSettings;
import dev.whippletree.terminal.Console;
import dev.whippletree.terminal.board.Screen;
import dev.whippletree.terminal.board.Words;
import java.util.stream.Stream;

/** Describes a run over emulated accounts before it starts. Stateless. */
final class Announcement {

    private Announcement() {}

    static void print(StressSettings settings, Console console) {
        Interviews interviews = settings.interviews();
        String size = Words.count(interviews.interviews(), "interview") + " of "
                + Words.count(interviews.questions(), "question") + " over "
                + Words.count(settings.accounts(), "emulated account") + " of " + settings.limit() + ".";
        String time = Words.count(interviews.prompts(), "prompt") + ", " + Words.count(interviews.distinct())
                + " of them distinct: this takes at least " + Words.duration(StressReport.lowerBound(settings)) + ".";
        String conditions = "Before the start, 200 requests warm up the server. Each account is declared with up to "
                + Words.count(settings.maxConcurrency()) + " calls under way, each received within "
                + Words.duration(settings.transit()) + " of being sent.";
        Screen screen = console.terminal().errScreen();
        Stream.of(size, time, conditions)
                .flatMap(text -> screen.prose(text).stream())
                .forEach(console.err()::println);
        console.err().flush();
    }
}
