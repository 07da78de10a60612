/// Sentences of many kinds, for models whose user brings no text of their own. Written for this project.
package enum CalibrationText {
    package static let sentences = [
        "The ferry left the harbour at half past six, and by noon the island was only a grey line behind us.",
        "I can't recommend this film: the plot drags, the jokes fall flat, and even the music seems tired.",
        "What a wonderful little restaurant! The soup was hot, the bread fresh, and nobody hurried us.",
        "Researchers measured the temperature of the lake every hour for three years before they published.",
        "Please send the signed contract to the office in Zurich before Friday, 14 March 2025.",
        "How many legs does a spider have, and why do insects have only six?",
        "\"We never agreed to that,\" said the minister, closing the folder without looking up.",
        "The new phone costs $799, weighs 172 grams and lasts about a day and a half on one charge.",
        "In 1876 the village had four mills, two inns and a school with a single teacher.",
        "Boil the potatoes for twenty minutes, drain them, and mash them with butter, salt and a little milk.",
        "Shares of the company fell 3.4 percent on Tuesday after it cut its forecast for the year.",
        "He ran; she waited; the train, as always, was late.",
        """
        Although the committee had promised a decision by June, the members could not agree on the budget, the site or \
        the name.
        """,
        "My grandmother kept bees behind the house and sold the honey in jars without labels.",
        "The function returns zero when the list is empty and raises an error when an index is negative.",
        "Anna Petrov scored twice in the second half as the visitors won 3-1 in Oslo.",
        "It was neither good nor bad, just long.",
        "Doctors advise drinking water regularly, sleeping seven hours, and walking at least half an hour a day.",
        "Light from the star took four hundred years to reach the telescope on the mountain.",
        "The law applies to everyone who has lived in the country for more than six months, including students.",
        "Nobody laughed. Somewhere in the dark a chair scraped, and the projector began to hum.",
        "To whom it may concern: the parcel arrived damaged, two of the plates were broken, and I would like a refund.",
        "A river that floods each spring leaves behind the soil on which the whole valley depends.",
        "The quick answer is no; the honest answer is that we have not looked closely enough to know.",
    ]
}
