using Acrobits.InvitationNotifier.PostgreSql.Storage;
using Acrobits.InvitationNotifier.PostgreSql.Transport;

namespace Acrobits.InvitationNotifier.PostgreSql.Tests.Durability;

public sealed class NetworkSharesTests
{
    [Fact]
    public void Divide_NothingUnderWay_TakesInOrderUpToTheShareOfOneNetwork()
    {
        Assert.Equal((20, 0), Divide(new NetworkShares(32), 20));
        Assert.Equal((32, 0), Divide(new NetworkShares(32), 128));
    }

    [Fact]
    public void Divide_MoreIsDue_TakesAPartInTurn()
    {
        NetworkShares shares = new(32);
        Assert.True(Take(shares, 20, inOrder: 20, inTurn: 0));

        Assert.Equal((19, 1), Divide(shares, 20));
    }

    [Fact]
    public void Divide_ManyNetworksHaveMessages_TakesHalfInTurn()
    {
        NetworkShares shares = new(32);
        for (var take = 0; take < 10; take++)
        {
            var request = shares.Divide(20);
            Assert.True(shares.Taken(request, Result(request.InOrder, request.InTurn)));
        }

        Assert.Equal((10, 10), Divide(shares, 20));
    }

    [Fact]
    public void Divide_RoomForOneMessage_TakesTurns()
    {
        NetworkShares shares = new(32);
        Assert.True(Take(shares, 1, inOrder: 1, inTurn: 0));

        (int, int)[] requests = [Divide(shares, 1), Divide(shares, 1), Divide(shares, 1), Divide(shares, 1)];

        Assert.Equal([(0, 1), (1, 0), (0, 1), (1, 0)], requests);
    }

    [Fact]
    public void Divide_ANetworkHasItsShare_TakesOfTheOthersAlone()
    {
        NetworkShares shares = new(2);
        shares.Enter("slow");
        shares.Enter("slow");
        shares.Enter("fast");

        var request = shares.Divide(5);

        Assert.Equal((0, 5), (request.InOrder, request.InTurn));
        Assert.Equal(["slow"], request.Full);

        shares.Leave("slow");
        Assert.Equal((1, 0), Divide(shares, 5));
    }

    [Fact]
    public void Taken_TurnNotAtItsEnd_ContinuesThereAndThenBeginsAnew()
    {
        NetworkShares shares = new(1);
        shares.Enter("slow");

        Assert.False(shares.Taken(shares.Divide(5), new TakeResult([], InOrder: 0, LastKey: "m")));
        var next = shares.Divide(5);
        Assert.True(shares.Taken(next, new TakeResult([], InOrder: 0, LastKey: null)), "It has not looked at the first networks.");
        var last = shares.Divide(5);
        Assert.False(shares.Taken(last, new TakeResult([], InOrder: 0, LastKey: null)));

        Assert.Equal(("m", "", ""), (next.After, last.After, shares.Divide(5).After));
    }

    [Fact]
    public void Taken_OneOfEachNetworkWhileAnotherHasItsShare_MoreCanBeDue()
    {
        NetworkShares shares = new(1);
        shares.Enter("slow");

        var request = shares.Divide(5);

        Assert.True(shares.Taken(request, Result(inOrder: 0, inTurn: 1)));
        Assert.False(shares.Taken(request, Result(inOrder: 0, inTurn: 0)));
    }

    [Fact]
    public void Divide_AnyOrderOfEvents_NoNetworkExceedsItsShare()
    {
        const int Most = 4, Capacity = 12;

        Random random = new(4711);
        NetworkShares shares = new(Most);
        Dictionary<string, int> underWay = [];
        for (var step = 0; step < 20_000; step++)
        {
            if (underWay.Count > 0 && random.Next(2) == 0)
            {
                var ended = underWay.Keys.ElementAt(random.Next(underWay.Count));
                shares.Leave(ended);
                if (--underWay[ended] == 0)
                {
                    underWay.Remove(ended);
                }
            }

            if (Capacity - underWay.Values.Sum() is not (> 0 and var free))
            {
                continue;
            }

            // The worst that the database can answer: all in order of the busiest network, and one of each in turn.
            var request = shares.Divide(free);
            Assert.InRange(request.InOrder + request.InTurn, 1, free);
            var busiest = underWay.Count == 0 ? "n0" : underWay.MaxBy(network => network.Value).Key;
            string[] inTurn = [.. Enumerable.Range(0, 6).Select(number => $"n{number}").Except(request.Full).Take(request.InTurn)];
            foreach (var network in Enumerable.Repeat(busiest, request.InOrder).Concat(inTurn))
            {
                shares.Enter(network);
                underWay[network] = underWay.GetValueOrDefault(network) + 1;
            }

            Assert.All(underWay.Values, count => Assert.InRange(count, 1, Most));
            shares.Taken(request, Result(request.InOrder, inTurn.Length));
        }
    }

    private static (int InOrder, int InTurn) Divide(NetworkShares shares, int capacity)
    {
        var request = shares.Divide(capacity);
        return (request.InOrder, request.InTurn);
    }

    private static bool Take(NetworkShares shares, int capacity, int inOrder, int inTurn) =>
        shares.Taken(shares.Divide(capacity), Result(inOrder, inTurn));

    private static TakeResult Result(int inOrder, int inTurn) =>
        new([.. Enumerable.Range(0, inOrder + inTurn).Select(id => new QueueMessage(id, [], [], 0, 0, null, 0))], inOrder, LastKey: null);
}
