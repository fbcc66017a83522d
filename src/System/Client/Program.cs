Console.WriteLine("raid5fs");
return 0;
