package dev.whippletree.cache.similar;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GuardTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "NUMBERS | Name 3 strengths of yours | Name 5 strengths of yours",
                "NUMBERS | Wait two weeks | Wait for weeks",
                "NUMBERS | I worked there for twenty five years | I worked there for twenty years",
                "NUMBERS | Does it take two hundred days | Does it take two hundred three days",
                "NUMBERS | Wait one hundred days | Wait hundred two days",
                "NUMBERS | Is two million enough | Is two billion enough",
                "NUMBERS | Which was your second job | Which was your third job",
                "NUMBERS | Does it hold 1.5 litres | Does it hold 15 litres",
                "NUMBERS | Is it above 2,5 per cent | Is it above 25 per cent",
                "NUMBERS | Is it above 12,34 per cent | Is it above 1234 per cent",
                "NUMBERS | What were the q3 results | What were the q4 results",
                "NUMBERS | Do you play mp3 files | Do you play mp4 files",
                "NUMBERS | Is it ½ of that | Is it ¼ of that",
                "NUMBERS | Differentiate x² for me | Differentiate x³ for me",
                "NEGATION | Do you like to work in a team | Do you not like to work in a team",
                "NEGATION | Why should we hire you | Why shouldn't we hire you",
                "NEGATION | My card works | My card doesnt work",
                "NEGATION | Travel with a visa | Travel without a visa",
                "ANTONYMS | What are your strengths | What are your weaknesses",
                "ANTONYMS | How do I open an account | How do I close an account",
                "ANTONYMS | Sort it in ascending order | Sort it in descending order",
                "ANTONYMS | Should we increase the price | Should we reduce the price",
                "NAMES | Is it far to Paris | Is it far to London",
                "NAMES | Did you work for Siemens | Did you work for a large company",
                "CODE | What does list.add do | What does list.remove do",
                "CODE | Explain `a < b` to me | Explain `a > b` to me",
                "CODE | What is parseInt | What is parseLong",
                "CODE | When would you use C++ | When would you use C#",
                "CODE | What is the square root of -4 | What is the square root of 4",
                "CODE | What is 5 + 3 | What is 5 - 3",
                "CODE | What is 10/2 | What is 10*2",
                "QUOTES | Translate \"good morning\" for me | Translate \"good evening\" for me",
                "QUOTES | Translate ‘good morning’ for me | Translate ‘good evening’ for me",
                "LANGUAGES | How long have you used python | How long have you used java",
                "LANGUAGES | Do you speak german well | Do you speak french well",
                "ORDER | Convert a string to an int | Convert an int to a string",
                "ORDER | Flights from boston to denver | Flights from denver to boston",
                "ORDER | Does the dog chase the cat | Does the cat chase the dog",
            })
    void whatTurnsTheMeaning_isObjectedTo(Guard guard, String one, String other) {
        assertThat(guard.objects(Wording.of(one), Wording.of(other))).isTrue();
        assertThat(guard.objects(Wording.of(other), Wording.of(one))).isTrue();
        assertThat(Guard.between(Wording.of(one), Wording.of(other))).isPresent();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "Tell me about yourself | Please introduce yourself",
                "What are your strengths? | What would you say your strengths are?",
                "Why do you want to work here? | What makes you want to work for us?",
                "Tell me about 3 projects | tell me about three projects",
                "Does it cost 1,000 dollars | Does it cost 1000.00 dollars",
                "Does it cost 1,234,567.50 | Does it cost 1234567.5",
                "Is it above 2,50 per cent | Is it above 2.5 per cent",
                "Is twenty five enough | Is 25 enough",
                "Did three thousand two hundred people come | Did 3200 people come",
                "Is one hundred five the limit | Is 105 the limit",
                "Is it above a million five | Is it above 1000005",
                "Is it open 9-17 today | Is it open 9 to 17 today",
                "Translate ‘hello’ for me | Translate 'hello' for me",
                "Are the dogs’ and the cats’ toys yours | Are the dogs' and the cats' toys yours",
                "Do you run windows10 | Do you run windows 10",
                "Have you worked in Paris? | have you worked in paris",
                "Isn't it true that you don't like meetings | Is it true that you like meetings",
                "Do you want a new one | Do you want a new",
                "Which one do you like best | Which do you like best",
                "What is parseInt() for | Explain what parseInt() is for",
                "I'm not sure why there is a fee! | why is there a fee!!",
                "I don't understand this fee | Please explain this fee.Thanks",
                "I'd like to know my balance. How do I? | how do I get to know my balance",
            })
    void anotherWording_isNot(String one, String other) {
        assertThat(Guard.between(Wording.of(one), Wording.of(other))).isEmpty();
    }
}
