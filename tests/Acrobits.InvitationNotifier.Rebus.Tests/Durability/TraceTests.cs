using Acrobits.InvitationNotifier.Rebus.Tests.Postgres;
using Acrobits.InvitationNotifier.Rebus.Tests.Support;

namespace Acrobits.InvitationNotifier.Rebus.Tests.Durability;

[Trait("Category", "postgres")]
public sealed class TraceTests(PostgresFixture postgres)
{
    [Fact]
    public async Task EnqueueAsync_DeliveredAgain_TraceLeadsFromTheCallerToEachRequest()
    {
        await using var database = await postgres.CreateDatabaseAsync();
        await using var provider = RawProvider.Answering(Answers.Status(503), Answers.NoContent);
        using var trace = new TracedDelivery();
        var bus = new PostgresBus(database);
        await using (var host = await bus.StartAsync(provider.Url(Arrivals.Template)))
        {
            await trace.EnqueueAsync(host);
            await Arrivals.UntilAsync(provider, 1);
            await bus.UntilEmptyAsync();
        }

        trace.AssertLeadsToEachRequest(deliveries: 2);
    }
}
