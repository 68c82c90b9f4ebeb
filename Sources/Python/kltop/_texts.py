"""Thirty-two short texts on what any language model has learnt: the retention probes of a run that names none.

They were written for this package and are in the public domain.
"""

from __future__ import annotations

GENERAL = {
    "facts-water": "Water boils at one hundred degrees Celsius at sea level and freezes at zero. Up in the mountains it "
    "boils earlier, because the air presses on it with less weight.",
    "facts-moon": "The Moon goes around the Earth once in about twenty-seven days and always shows us the same side. "
    "Its pull on the oceans makes the tides.",
    "facts-heart": "The heart is a muscle that pumps blood through the body. The left side sends it out to the organs, "
    "and the right side sends it to the lungs to take up oxygen.",
    "facts-printing": "Before printing with movable type came to Europe in the fifteenth century, books were copied by "
    "hand, and a single Bible could take a year of work.",
    "facts-bees": "A bee that has found flowers dances when it comes home. The direction of the dance tells the others "
    "where to fly, and its length tells how far.",
    "facts-rivers": "Rivers begin in springs or melting snow, join with others on their way, and end in a lake or in the "
    "sea, where the mud they carried settles into a delta.",
    "story-lamp": "The lamp had been burning all night. When she opened the door he was asleep at the table, his head on "
    "the letter that he had promised not to write.",
    "story-dog": "Every morning the dog walked to the station by himself, waited for the first train, looked at each face, "
    "and then walked home again as if that had been enough.",
    "story-key": "Grandfather gave the youngest child the smallest key. It opens nothing in this house, he said, but one "
    "day you will stand in front of a door and know.",
    "dialogue-shop": "“Do you have this in blue?” the customer asked. “We had one left this morning,” said the man "
    "behind the counter, “but I can order it for Thursday.”",
    "dialogue-help": "User: My train was cancelled. What can I do?\nAssistant: I am sorry to hear that. You can usually "
    "take the next train with the same ticket, or ask for your money back at the counter.",
    "instruction-tea": "How to make tea: boil fresh water, warm the pot, add one spoon of leaves for each cup, pour the "
    "water over them, wait three to five minutes, and strain.",
    "instruction-letter": "Dear Ms Weber,\n\nthank you for your letter of 3 May. We have looked into the matter and will "
    "send you a new invoice this week.\n\nYours sincerely,",
    "list-planets": "The planets in order of their distance from the Sun are Mercury, Venus, Earth, Mars, Jupiter, Saturn, "
    "Uranus and Neptune.",
    "list-months": "January has 31 days, February 28 or 29, March 31, April 30, May 31, June 30, July 31, August 31, "
    "September 30, October 31, November 30 and December 31.",
    "reasoning-boxes": "Anna is taller than Ben, and Ben is taller than Carla. Therefore Anna is taller than Carla. If "
    "Dora is shorter than Carla, then the shortest of the four is Dora.",
    "reasoning-rain": "If it rains, the street gets wet. The street is dry. So it has not rained, unless somebody has "
    "covered the street or dried it.",
    "arithmetic-sums": "12 + 7 = 19. 19 + 24 = 43. 43 - 8 = 35. 35 + 35 = 70. 70 / 2 = 35. 6 * 7 = 42. 9 * 9 = 81. "
    "100 - 1 = 99.",
    "arithmetic-word": "A shirt costs 20 euros and is reduced by a quarter. A quarter of 20 is 5, so it now costs "
    "20 - 5 = 15 euros. Two shirts cost 2 * 15 = 30 euros.",
    "arithmetic-algebra": "Solve 3x + 4 = 19. Subtract 4 from both sides: 3x = 15. Divide both sides by 3: x = 5. Check: "
    "3 * 5 + 4 = 15 + 4 = 19.",
    "code-python": "def factorial(n):\n    if n == 0:\n        return 1\n    return n * factorial(n - 1)\n\n\n"
    "for i in range(5):\n    print(i, factorial(i))\n",
    "code-c": '#include <stdio.h>\n\nint main(void) {\n    for (int i = 0; i < 10; i++) {\n        printf("%d\\n", i);\n'
    "    }\n    return 0;\n}\n",
    "code-javascript": "const names = ['Ada', 'Grace', 'Alan'];\nconst greetings = names.map((name) => `Hello, ${name}!`);\n"
    "console.log(greetings.join('\\n'));\n",
    "code-sql": "SELECT customer, SUM(amount) AS total\nFROM orders\nWHERE year = 2024\nGROUP BY customer\n"
    "ORDER BY total DESC\nLIMIT 10;\n",
    "code-shell": 'for file in *.txt; do\n  lines=$(wc -l < "$file")\n  echo "$file has $lines lines"\ndone\n',
    "data-json": '{"name": "Maria", "age": 34, "languages": ["Spanish", "English"], "address": {"city": "Bilbao", '
    '"country": "Spain"}, "active": true}',
    "german": "Die Sonne ging langsam hinter den Bergen unter, und im Dorf wurden die ersten Lichter angezündet. Niemand "
    "sprach, denn alle warteten auf den Klang der Glocke.",
    "french": "Le matin, elle achetait du pain chez le boulanger du coin, puis elle s'asseyait sur le banc de la place "
    "pour lire le journal en attendant l'autobus.",
    "spanish": "Cuando llegamos al puerto, el barco ya había salido. El capitán nos dijo que el siguiente saldría al día "
    "siguiente, si el tiempo lo permitía.",
    "russian": "Зимой в деревне было тихо. Снег лежал до самой весны, и дети катались на санках с холма, пока не темнело.",
    "chinese": "春天来了,河边的柳树都绿了。孩子们放学以后在草地上放风筝,老人坐在树下聊天。",
    "arabic": "كان الرجل يجلس كل مساء أمام بيته ويشرب الشاي مع جيرانه، ويتحدثون عن أخبار المدينة وعن أيام الشباب.",
}
