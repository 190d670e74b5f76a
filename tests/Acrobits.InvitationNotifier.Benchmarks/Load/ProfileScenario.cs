namespace Acrobits.InvitationNotifier.Benchmarks.Load;

/// <summary>Which objects a notification is made of, and the bare handler's request beside it.</summary>
internal static class ProfileScenario
{
    private const int Types = 24;

    public static async Task<bool> RunAsync(bool quick)
    {
        using var server = await LoadServer.StartAsync();
        foreach (var contender in new[] { LoadContender.Bare, LoadContender.Library })
        {
            var workload = new Workload(server.Origin, IsPost: false, ReusesConnections: true, LoadScenario.ManyAtATime);
            await Measurement.TakeAsync(contender, workload, 20_000);
            Measurement measurement;
            IReadOnlyList<(string Type, double Share)> types;
            using (var profile = new AllocationProfile())
            {
                measurement = await Measurement.TakeAsync(contender, workload, quick ? 50_000 : 500_000);
                types = profile.Types;
            }

            Report.Table(
                [$"{contender.Name}: {workload}", "B a notification"],
                types.Take(Types).Append(("all others", types.Skip(Types).Sum(type => type.Share)))
                    .Select(type => new[] { Short(type.Item1), Report.Number(type.Item2 * measurement.AllocatedBytes) })
                    .Append(["together", Report.Number(measurement.AllocatedBytes)]));
        }

        return true;
    }

    // Without what their names repeat.
    private static string Short(string type)
    {
        var name = type.Replace("System.Runtime.CompilerServices.", "", StringComparison.Ordinal)
            .Replace("System.Threading.Tasks.", "", StringComparison.Ordinal);
        return name.Length <= 130 ? name : name[..130] + "...";
    }
}
