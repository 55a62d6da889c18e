"""The table of cards."""

from access_core.ids import PassId
from access_core.passes.card import CardFormat
from central_server.cards import repository
from central_server.cards.schemas import CardTerm, NewCard
from central_server.kit.centre import Centre


async def test_a_card_is_found_until_its_time_is_over(centre: Centre) -> None:
    """By id, by holder, and among those that gates must know."""
    card = NewCard(
        pass_id=PassId(bytes(8)),
        holder=1,
        card_format=CardFormat.W26,
        ending="678",
        term=CardTerm(valid_from_s=10, valid_until_s=20),
    )
    async with centre.database.writing() as session:
        await repository.add(session, [], 0)
        await repository.add(session, [card], 0)
        (found,) = await repository.of_holder(session, 1)
        assert await repository.by_pass_ids(session, [card.pass_id, PassId(b"12345678")]) == [found]
        assert await repository.not_over(session, 19) == [found]
        assert await repository.not_over(session, 20) == []
        assert await repository.get(session, 99) is None
