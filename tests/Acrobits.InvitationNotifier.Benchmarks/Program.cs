using Acrobits.InvitationNotifier.Benchmarks;
using Acrobits.InvitationNotifier.Benchmarks.Load;
using Acrobits.InvitationNotifier.Benchmarks.Micro;
using Acrobits.InvitationNotifier.Benchmarks.Queueing;

var arguments = args.ToList();
var quick = arguments.Remove("--quick");
var output = TakeOption("--output");
var chart = TakeOption("--chart");

// One scenario a file. Each prints what it measured and says whether its targets were met.
(string Name, string What, Func<bool, Task<bool>> RunAsync)[] scenarios =
[
    ("isolation", "1,000 destinations, 30 % of them sick: what that costs the healthy ones", IsolationScenario.RunAsync),
    ("idle", "100,000 destinations that came and went: memory given back", IdleScenario.RunAsync),
    ("networks", "100,000 configured networks: start, memory, look-up, reload", NetworksScenario.RunAsync),
    ("memory", "the queue in memory: accepting and delivering", MemoryScenario.RunAsync),
    ("durable", "durable delivery over PostgreSQL: accepting and delivering, 1 and 2 workers", DurableScenario.RunAsync),
    ("down", "durable delivery over PostgreSQL: accepting while no provider answers", DownScenario.RunAsync),
    ("growth", "10 million notifications: no growth, no waiting for locks", GrowthScenario.RunAsync),
    ("micro", "the steps of a notification one by one", MicroScenario.RunAsync),
    ("load", "whole notifications over loopback, beside what one could use instead", quick => LoadScenario.RunAsync(quick, output, chart)),
    ("profile", "which objects a notification is made of", ProfileScenario.RunAsync),
];

// What scenarios start in processes of their own.
switch (args)
{
    case [ProviderProcess.Command]:
        await ProviderProcess.ServeAsync();
        return 0;
    case [LoadServer.Command]:
        await LoadServer.ServeAsync();
        return 0;
    case [QueueWorker.Command, var recipe, var work, var connectionString, var provider]:
        await QueueWorker.ServeAsync(Enum.Parse<Recipe>(recipe), Enum.Parse<Work>(work), connectionString, new Uri(provider));
        return 0;
}

var chosen = arguments is ["all"] ? scenarios : [.. scenarios.Where(scenario => arguments.Contains(scenario.Name))];
if (chosen.Length == 0 || (arguments is not ["all"] && chosen.Length != arguments.Count))
{
    Console.WriteLine("Usage: dotnet run -c Release --project tests/Acrobits.InvitationNotifier.Benchmarks -- <scenario>... [--quick]");
    Console.WriteLine();
    foreach (var (name, what, _) in scenarios)
    {
        Console.WriteLine($"  {name,-10} {what}");
    }

    Console.WriteLine($"  {"all",-10} all of them");
    Console.WriteLine();
    Console.WriteLine("--quick measures less, in a minute each at most. Exit code: 0 targets met, 1 a target missed, 2 usage.");
    Console.WriteLine("load also takes --output FILE, for its results as JSON, and --chart FILE, for a chart of them as SVG.");
    return args is ["help" or "--help" or "-h"] ? 0 : 2;
}

Report.Machine();
var met = true;
foreach (var (name, what, runAsync) in chosen)
{
    Report.Heading($"{name}: {what}{(quick ? " (quick: fewer)" : "")}");
    met &= await runAsync(quick);
}

return met ? 0 : 1;

string? TakeOption(string name)
{
    var at = arguments.IndexOf(name);
    if (at < 0 || at + 1 == arguments.Count)
    {
        return null;
    }

    var value = arguments[at + 1];
    arguments.RemoveRange(at, 2);
    return value;
}
