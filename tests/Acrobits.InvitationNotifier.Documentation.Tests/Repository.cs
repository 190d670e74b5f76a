namespace Acrobits.InvitationNotifier.Documentation.Tests;

/// <summary>The files that the documentation consists of and speaks of.</summary>
internal static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>All pages that users read, by their path in the repository.</summary>
    public static IReadOnlyList<Page> Pages { get; } =
    [
        .. Directory.EnumerateFiles(Root, "*.md")
            .Concat(Directory.EnumerateFiles(PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Concat(Directory.EnumerateDirectories(PathOf("src")).Select(project => Path.Combine(project, "README.md")).Where(File.Exists))
            .Order(StringComparer.Ordinal)
            .Select(file => new Page(Path.GetRelativePath(Root, file).Replace('\\', '/'), File.ReadAllText(file))),
    ];

    /// <summary>The names of the packages that are built here.</summary>
    public static IEnumerable<string> Packages => Directory.EnumerateDirectories(PathOf("src")).Select(Path.GetFileName)!;

    public static Page Page(string path) => Pages.Single(page => page.Path == path);

    public static string PathOf(string path) => Path.GetFullPath(Path.Combine(Root, path));

    public static bool Has(string path) => Path.Exists(PathOf(path));

    private static string FindRoot()
    {
        for (var directory = new DirectoryInfo(AppContext.BaseDirectory); directory is not null; directory = directory.Parent)
        {
            if (directory.EnumerateFiles("*.sln").Any())
            {
                return directory.FullName;
            }
        }

        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
