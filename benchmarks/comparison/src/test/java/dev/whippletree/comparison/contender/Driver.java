package dev.whippletree.comparison.contender;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** In place of the driver that asks contenders: answers the first question of each folder with half of an answer. */
public final class Driver {

    private Driver() {}

    public static void main(String[] arguments) throws IOException {
        System.out.println("ready");
        if (System.in.read() < 0) {
            return;
        }
        for (int i = 3; i < arguments.length; i++) {
            Files.writeString(Path.of(arguments[i], "answers.tsv"), "answer\t0\t0\t0\t1000000\tsaid\thalf\n");
        }
    }
}
