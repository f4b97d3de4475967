package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * In place of the driver that asks contenders: answers the first question of each folder with half of an answer, but
 * for one with an error, and one not at all.
 */
public final class Driver {

    private Driver() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        if (System.in.read() < 0) {
            return;
        }
        for (int i = 3; i < arguments.length; i++) {
            String folder = arguments[i];
            if (!folder.matches(".*/(whole|stream)-reset")) {
                String how = folder.endsWith("-500") ? "failed" : "said";
                Files.writeString(Path.of(folder, "answers.tsv"), "answer\t0\t0\t0\t1000000\t" + how + "\thalf\n");
            }
        }
    }
}
